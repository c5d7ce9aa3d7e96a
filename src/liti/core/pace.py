"""So many a minute, for the whole house: counted in one table, asked of it in lots.

Each process takes a lot of what is left of the minute (a fiftieth of the limit) and spends it by
itself, so that a hot call sends no statement of its own, and all processes together never go
beyond the limit. What a process has taken and not spent ends with the minute: with several
processes a caller may be refused a few lots early, never late. A minute is that of the clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

from django.db import connection

from liti.core.clock import now

MINUTE_S = 60
LOTS = 50
KEYS_MAX = 10_000
KEPT_MINUTES = 60

# A process whose clock is behind counts in the newest minute that anybody has begun.
_TAKE = """
INSERT INTO core_pace AS p (key, minute, taken) VALUES (%(key)s, %(minute)s, %(lot)s)
ON CONFLICT (key) DO UPDATE SET
    taken = CASE WHEN p.minute >= excluded.minute THEN p.taken ELSE 0 END + excluded.taken,
    minute = greatest(p.minute, excluded.minute)
RETURNING taken
"""


@dataclass(slots=True)
class _Lot:
    minute: int
    left: int
    is_last: bool


class Pace:
    """How often each key may do something in a minute.

    `what` names it in the table; `limit` is asked when a lot is taken, so a parameter costs a
    hot call nothing. With `exact` each one is counted in the table: for what is rare.
    """

    def __init__(self, what: str, limit: Callable[[], int], *, exact: bool = False) -> None:
        self._what, self._limit, self._exact = what, limit, exact
        self._lots: dict[str, _Lot] = {}
        self._lock = Lock()
        self._swept = 0

    def take(self, key: str) -> int:
        """Count one. Returns 0, or in how many seconds to ask again."""
        seconds = int(now().timestamp())
        minute, wait = seconds // MINUTE_S, MINUTE_S - seconds % MINUTE_S
        with self._lock:
            lot = self._lots.get(key)
            if lot is not None and lot.minute == minute:
                if lot.left:
                    lot.left -= 1
                    return 0
                if lot.is_last:
                    return wait
        granted = self._take_lot(key, minute)
        return 0 if granted else wait

    def is_spent(self, key: str) -> int:
        """In how many seconds to ask again, where this process knows that nothing is left."""
        seconds = int(now().timestamp())
        lot = self._lots.get(key)
        spent = lot and lot.minute == seconds // MINUTE_S and lot.is_last and not lot.left
        return MINUTE_S - seconds % MINUTE_S if spent else 0

    def forget(self) -> None:
        """Give up what was taken; the table still counts it."""
        with self._lock:
            self._lots.clear()

    def _take_lot(self, key: str, minute: int) -> bool:
        limit = self._limit()
        size = 1 if self._exact else max(1, limit // LOTS)
        named: dict[str, str | int] = {
            "key": f"{self._what}:{key}"[:200],
            "minute": minute,
            "lot": size,
        }
        with connection.cursor() as cursor:
            cursor.execute(_TAKE, named)
            beyond = max(0, int(cursor.fetchone()[0]) - limit)
            if minute > self._swept + KEPT_MINUTES:
                self._swept = minute
                cursor.execute("DELETE FROM core_pace WHERE minute < %s", [minute - KEPT_MINUTES])
        granted = max(0, size - beyond)
        with self._lock:
            lot = self._lots.get(key)
            kept = lot.left if lot is not None and lot.minute == minute else 0
            if len(self._lots) >= KEYS_MAX:
                self._lots = {k: each for k, each in self._lots.items() if each.minute == minute}
            self._lots[key] = _Lot(minute, kept + max(0, granted - 1), granted < size)
        return granted > 0
