"""Events a second, from emit and commit to the commit of both handlers.

Eight processes emit (a transaction for each event, or sets of 500), two deliver meanwhile. Each of
two handlers writes a row for every event, by which what was delivered is counted; the clock runs
from the first emit to the last handler's commit.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import connection

from liti.core.bulk import prepared_cursor
from liti.core.delivery import deliver_pending
from liti.core.events import (
    EventView,
    NewEvent,
    emit,
    emit_many,
    subscribe,
    subscribe_batch,
    unsubscribe,
)

WORKERS = 2
EMITTERS = 8
KEYS = 2_000
SET_OF = 500
TAKEN = 1_000
WAIT_SECONDS = 0.05
NAMES = ("bench.one", "bench.two")
TYPE = "bench.happened"
_fork = multiprocessing.get_context("fork")
_all_emitted = _fork.Event()


def prepare() -> None:
    """The table that the handlers write."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_heard (handler text NOT NULL, event uuid NOT NULL)")


def measure(events: int, *, batches: bool) -> float:
    """Events a second, each handled by two handlers."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE bench_heard, core_event, core_delivery, core_eventkey")
    with _handlers(batches):
        connection.close()
        _all_emitted.clear()
        began = time.monotonic()
        workers = [_begin(_deliver, events) for _worker in range(WORKERS)]
        emit = _emit_sets if batches else _emit_each
        emitters = [_begin(emit, events // EMITTERS) for _emitter in range(EMITTERS)]
        for process in emitters:
            process.join(600)
        _all_emitted.set()
        for process in (*emitters, *workers):
            process.join(600)
            assert process.exitcode == 0, process.exitcode
        spent = time.monotonic() - began
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(DISTINCT (handler, event)) FROM bench_heard")
        counted = cursor.fetchone()
    assert counted == (2 * events, 2 * events), counted
    return events / spent


def _begin(work: Callable[[int], None], events: int) -> multiprocessing.process.BaseProcess:
    process = _fork.Process(target=work, args=(events,))
    process.start()
    return process


@contextmanager
def _handlers(batches: bool) -> Iterator[None]:
    for name in NAMES:
        if batches:
            subscribe_batch(TYPE, name=name)(lambda found, name=name: _hear(name, found))
        else:
            subscribe(TYPE, name=name)(lambda event, name=name: _hear(name, [event]))
    try:
        yield
    finally:
        for name in NAMES:
            unsubscribe(name)


def _hear(name: str, found: list[EventView]) -> None:
    with prepared_cursor() as cursor:
        cursor.execute(
            "INSERT INTO bench_heard SELECT %s::text, unnest(%s::uuid[])",
            [name, [e.id for e in found]],
        )


def _told(number: int) -> NewEvent:
    payload = {"order_id": f"order {number}", "amount_minor": number, "booked_on": "2026-11-25"}
    return NewEvent(TYPE, f"bench:{number % KEYS}", payload)


def _emit_each(events: int) -> None:
    for number in range(events):
        told = _told(number)
        emit(told.type, told.key, told.payload)


def _emit_sets(events: int) -> None:
    for first in range(0, events, SET_OF):
        emit_many([_told(n) for n in range(first, min(first + SET_OF, events))])


def _deliver(_events: int) -> None:
    until = time.monotonic() + 300
    while time.monotonic() < until:
        if deliver_pending(TAKEN):
            continue
        if _all_emitted.is_set() and not _anything_waits():
            return
        time.sleep(WAIT_SECONDS)
    raise TimeoutError("not delivered in five minutes")


def _anything_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT EXISTS (SELECT FROM core_delivery)")
        return bool(cursor.fetchone()[0])
