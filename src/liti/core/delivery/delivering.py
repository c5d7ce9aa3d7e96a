"""Delivery: take what is due for one handler, handle it, delete it, commit.

The rows are locked by the transaction that handles them, so a worker that dies frees them with
its connection, and any number of workers may run. For one handler, an event is handled only
when nothing of its key that came before still stands.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import Any

from django.db import transaction

from liti.core import params
from liti.core.bulk import prepared_cursor
from liti.core.context import acting, job
from liti.core.events import EventView, Handler, handler, handlers

log = logging.getLogger(__name__)
LOOKS_MAX = 20
ERROR_MAX = 2000
BEHALF_MAX = 150

# `clock_timestamp()` stands in a subquery, so that it is read once and the index serves.
_WAITS = """
SELECT name FROM unnest(%s::text[]) AS name WHERE EXISTS (
    SELECT FROM core_delivery WHERE handler = name AND state = 'waiting'
        AND due_at <= (SELECT clock_timestamp()))
"""
_TAKE = """
SELECT d.id, d.key, d.seq, d.attempts, e.id, e.type, e.payload, e.occurred_at, e.actor
    FROM core_delivery d JOIN core_event e ON e.id = d.event_id
    WHERE d.handler = %s AND d.state = 'waiting' AND d.due_at <= (SELECT clock_timestamp())
        AND d.key <> ALL(%s::text[])
    ORDER BY d.due_at, d.seq LIMIT %s
    FOR UPDATE OF d SKIP LOCKED
"""
_TAKE_ONE = """
SELECT id FROM core_delivery d
    WHERE id = %s AND state = 'waiting' AND due_at <= (SELECT clock_timestamp())
        AND NOT EXISTS (SELECT FROM core_delivery b WHERE b.handler = d.handler
            AND b.key = d.key AND b.seq < d.seq AND b.state <> 'given_up')
    FOR UPDATE SKIP LOCKED
"""
# For each key, the first row before our last that we do not hold: we may go up to it.
_BLOCKERS = """
SELECT k.key, b.id, b.seq, b.state = 'dead' OR b.due_at > (SELECT clock_timestamp())
    FROM unnest(%s::text[], %s::bigint[]) AS k(key, last)
    CROSS JOIN LATERAL (
        SELECT id, seq, state, due_at FROM core_delivery
            WHERE handler = %s AND key = k.key AND seq < k.last AND state <> 'given_up'
                AND id <> ALL(%s::bigint[])
            ORDER BY seq LIMIT 1
    ) AS b
"""
# Rows behind one that failed wait as long as it does; a dead one has no moment. The lock keeps
# it from being retried or given up between our look and our write. Rows that another worker
# holds are parked when they are met again: nobody waits for anybody here.
_PARK = """
WITH failed AS MATERIALIZED (
    SELECT key, seq, CASE state WHEN 'dead' THEN NULL ELSE due_at END AS due_at
        FROM core_delivery
        WHERE id = ANY(%s::bigint[])
            AND (state = 'dead' OR due_at > (SELECT clock_timestamp()))
        FOR UPDATE SKIP LOCKED
), behind AS MATERIALIZED (
    SELECT d.id, failed.due_at FROM failed JOIN core_delivery d
        ON d.handler = %s AND d.key = failed.key AND d.seq > failed.seq
            AND d.state = 'waiting' AND d.due_at IS DISTINCT FROM failed.due_at
        FOR UPDATE OF d SKIP LOCKED
)
UPDATE core_delivery d SET due_at = behind.due_at FROM behind WHERE d.id = behind.id
"""
_DONE = "DELETE FROM core_delivery WHERE id = ANY(%s::bigint[])"
_FAILED = """
UPDATE core_delivery SET attempts = attempts + 1, last_error = %s,
    failed_at = clock_timestamp(), state = %s, due_at = clock_timestamp() + %s::interval
    WHERE id = %s AND state = 'waiting' AND attempts = %s
"""
_RENAME = "UPDATE core_delivery SET handler = %s WHERE handler = ANY(%s::text[])"


@dataclass(frozen=True, slots=True)
class _Row:
    """A delivery that we hold, with its event."""

    id: int
    attempts: int
    event: EventView


def deliver_pending(limit: int = 1000) -> int:
    """Deliver what is due, oldest first; returns how many deliveries were handled.

    One that fails is tried again after a pause, so a call tries it once. Several workers may
    call it at once.
    """
    delivered = 0
    _take_over_names()
    while delivered < limit:
        moved = 0
        for name in _waiting_for():
            taken = handler(name)
            if taken is not None and delivered < limit:
                handled, failed = _deliver(taken, min(taken.at_once, limit - delivered))
                delivered += handled
                # What failed is paused, so others come to the front: go on.
                moved += handled + failed
        if not moved:
            break
    return delivered


def pause_after(attempts: int) -> timedelta | None:
    """How long to wait after that many failed attempts; None when no more are made."""
    if attempts >= params.get("core.events.attempts"):
        return None
    first = params.get("core.events.first_pause")
    grown = first * params.get("core.events.pause_factor") ** (attempts - 1)
    return timedelta(seconds=min(grown, params.get("core.events.longest_pause")))


def _deliver(taken: Handler, limit: int) -> tuple[int, int]:
    """One transaction's worth for a handler; where it fails, each by itself. Returns how many
    were handled and how many failed."""
    rows: list[_Row] = []
    try:
        with transaction.atomic():
            rows = _take(taken, limit)
            if rows:
                _handle(taken, rows)
                _driver().execute(_DONE, [[r.id for r in rows]])
        return len(rows), 0
    except Exception as error:
        if not rows:
            raise
        if len(rows) == 1:
            _note_failure(taken, rows[0], error)
            return 0, 1
    return _one_by_one(taken, rows)


def _take(taken: Handler, limit: int) -> list[_Row]:
    """Lock what is due and may be handled now: for each key a run from its first row on."""
    passed_over: list[str] = []
    for _look in range(LOOKS_MAX):
        found = _driver().execute(_TAKE, [taken.name, passed_over, limit]).fetchall()
        if not found:
            break
        rows = [_row(values) for values in found]
        last: dict[str, int] = {}
        for row in rows:
            last[row.event.key] = max(row.event.seq, last.get(row.event.key, 0))
        blocked = {
            key: (id, seq, failed)
            for key, id, seq, failed in _driver().execute(
                _BLOCKERS, [list(last), list(last.values()), taken.name, [r.id for r in rows]]
            )
        }
        if parked := [id for id, _seq, failed in blocked.values() if failed]:
            _driver().execute(_PARK, [parked, taken.name])
        free = [
            r for r in rows if r.event.key not in blocked or r.event.seq < blocked[r.event.key][1]
        ]
        if free:
            return sorted(free, key=lambda r: r.event.seq)
        passed_over += blocked
    return []


def _one_by_one(taken: Handler, rows: Sequence[_Row]) -> tuple[int, int]:
    """Each in a transaction of its own, so that the one at fault is found."""
    delivered = failed = 0
    stopped: set[str] = set()
    for row in rows:
        if row.event.key in stopped:
            continue
        try:
            with transaction.atomic():
                if not _driver().execute(_TAKE_ONE, [row.id]).fetchone():
                    stopped.add(row.event.key)
                    continue
                _handle(taken, [row])
                _driver().execute(_DONE, [[row.id]])
            delivered += 1
        except Exception as error:
            stopped.add(row.event.key)
            _note_failure(taken, row, error)
            failed += 1
    return delivered, failed


def _handle(taken: Handler, rows: Sequence[_Row]) -> None:
    """Call the handler as a job of its name, on behalf of whoever emitted."""
    if taken.takes_batches:
        who = ", ".join(sorted({r.event.actor for r in rows}))[:BEHALF_MAX]
        with acting(job(taken.name, on_behalf_of=who)):
            taken.handle([r.event for r in rows])
        return
    for who, run in groupby(rows, key=lambda r: r.event.actor):
        with acting(job(taken.name, on_behalf_of=who)):
            taken.handle([r.event for r in run])


def _note_failure(taken: Handler, row: _Row, error: Exception) -> None:
    """Pause the row, or lay it down as dead; what stands behind it waits with it."""
    log.error(
        "event %s (%s) was not handled by %s", row.event.id, row.event.type, taken.name,
        exc_info=error,
    )  # fmt: skip
    text = f"{type(error).__name__}: {error}".replace("\x00", "")[:ERROR_MAX]
    with transaction.atomic():
        pause = pause_after(row.attempts + 1)
        state = "dead" if pause is None else "waiting"
        _driver().execute(_FAILED, [text, state, pause, row.id, row.attempts])
        _driver().execute(_PARK, [[row.id], taken.name])


def _take_over_names() -> None:
    """What waits under a handler's earlier names is its own."""
    for taken in handlers():
        if taken.formerly:
            _driver().execute(_RENAME, [taken.name, list(taken.formerly)])


def _waiting_for() -> list[str]:
    found: Iterable[Any] = _driver().execute(_WAITS, [[h.name for h in handlers()]])
    return [name for (name,) in found]


def _driver() -> Any:
    """Past pghistory's wrapper, which reads statements as text: these tables have no history."""
    return prepared_cursor()


def _row(values: tuple[Any, ...]) -> _Row:
    id, key, seq, attempts, event_id, type, payload, occurred_at, actor = values
    told = json.loads(payload) if isinstance(payload, str) else payload
    return _Row(id, attempts, EventView(event_id, type, key, told, occurred_at, seq, actor))
