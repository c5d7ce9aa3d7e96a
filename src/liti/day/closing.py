"""Ending a day: its steps in order, chunk by chunk, each with its progress in one transaction."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _

from liti.core.clock import business_date, now, set_business_date
from liti.core.context import acting, current_actor, job
from liti.core.errors import Conflict, Unavailable
from liti.core.events import emit
from liti.core.steps import Chunk, DayStep, ordered
from liti.day.events import DAY_CLOSED
from liti.day.models import Day, Step
from liti.day.rules import DAY_STATES, STEP_STATES

log = logging.getLogger(__name__)
LOCK = "liti.day.close"
LOCK_TRIES, LOCK_PAUSE_SECONDS = 10, 0.1
CHUNKS_MAX = 1_000_000
ERROR_MAX = 2000
# (day, step, its place among all steps from 1, items done, items in all or None)
Progress = Callable[[date, DayStep, int, int, int | None], None]


@contextmanager
def alone() -> Iterator[None]:
    """One close at a time. The lock lives with the connection, so a killed close holds nothing.

    Raises Conflict `day.already_closing` when somebody else has it.
    """
    with connection.cursor() as cursor:
        for attempt in range(LOCK_TRIES):
            cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", [LOCK])
            if cursor.fetchone()[0]:
                break
            if attempt < LOCK_TRIES - 1:  # the server may not have seen yet that one was killed
                time.sleep(LOCK_PAUSE_SECONDS)
        else:
            raise Conflict(
                "day.already_closing",
                _("The day is being closed already."),
                remedy=_("Watch it with `liti day status`."),
            )
    try:
        yield
    finally:
        if connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [LOCK])


def end_of(on: date, progress: Progress | None) -> None:
    """Do what is left of the day's steps, then move the business date. Holds the lock.

    Raises Unavailable `day.step_failed` naming the step, with what broke kept in its record.
    """
    steps = ordered()
    _begin(on, steps)
    for place, step in enumerate(steps, start=1):
        _run(on, step, place, progress)
    _finish(on)


@transaction.atomic
def _begin(on: date, steps: list[DayStep]) -> None:
    assert on == business_date(), "only the business date can end"
    day, created = Day.objects.select_for_update().get_or_create(
        on=on, defaults={"started_at": now(), "closed_by": current_actor().doer}
    )
    if not created and day.state != Day.State.CLOSING:  # closing: an earlier close was killed
        DAY_STATES.require(day.state, "closing")
    Day.objects.filter(on=on).update(
        state=Day.State.CLOSING,
        attempts=F("attempts") + 1,
        finished_at=None,
        closed_by=current_actor().doer,
    )
    Step.objects.bulk_create(
        [Step(day_id=on, name=s.name, position=n) for n, s in enumerate(steps, start=1)],
        update_conflicts=True,
        unique_fields=["day_id", "name"],
        update_fields=["position"],
    )


def _run(on: date, step: DayStep, place: int, progress: Progress | None) -> None:
    rows = Step.objects.filter(day_id=on, name=step.name)
    row = rows.get()
    if row.state == Step.State.DONE:
        return
    if row.state != Step.State.RUNNING:  # running: killed in it
        STEP_STATES.require(row.state, "running")
    rows.update(
        state=Step.State.RUNNING,
        attempts=F("attempts") + 1,
        started_at=row.started_at or now(),
        error="",
    )
    cursor, done = row.cursor, row.items_done
    try:
        with acting(job(f"day.{step.name}", on_behalf_of=current_actor().doer)):
            for turn in range(row.chunks, CHUNKS_MAX):
                chunk = _turn_of(on, step, cursor, turn)
                cursor, done = chunk.cursor, done + chunk.done
                if progress:
                    progress(on, step, place, done, chunk.total)
                if not cursor:
                    return
        raise AssertionError(f"{step.name} gives a cursor back for ever")
    except Exception as error:
        _fail(on, step, error)
        raise Unavailable(
            "day.step_failed",
            _("Step %(step)s of %(day)s did not end: %(error)s")
            % {"step": step.name, "day": on, "error": str(error)[:300]},
            remedy=_("Mend what it names, then close the day again: it goes on where it broke."),
            day=on,
            step=step.name,
        ) from error


@transaction.atomic
def _turn_of(on: date, step: DayStep, cursor: str, turn: int) -> Chunk:
    """One chunk and its progress, or neither. Who finds the progress moved by somebody else
    takes his own work back: the lock was lost with its connection."""
    began = time.monotonic()
    chunk = step.work(on, cursor)
    if chunk.cursor and chunk.cursor == cursor and not chunk.done:
        raise AssertionError(f"{step.name} stands still at {cursor!r}")
    values = {
        "cursor": chunk.cursor,
        "chunks": turn + 1,
        "items_done": F("items_done") + chunk.done,
        "work_ms": F("work_ms") + round((time.monotonic() - began) * 1000),
    }
    if chunk.total is not None:
        values["items_all"] = chunk.total
    if not chunk.cursor:
        values |= {"state": Step.State.DONE, "finished_at": now()}
    mine = Step.objects.filter(day_id=on, name=step.name, state=Step.State.RUNNING, chunks=turn)
    if mine.update(**values) != 1:
        raise Conflict("day.overtaken", _("Another close has gone on with this step."))
    return chunk


def _fail(on: date, step: DayStep, error: Exception) -> None:
    log.exception("step %s of %s", step.name, on)
    with transaction.atomic():
        Step.objects.filter(day_id=on, name=step.name, state=Step.State.RUNNING).update(
            state=Step.State.FAILED, error=f"{type(error).__name__}: {error}"[:ERROR_MAX]
        )
        Day.objects.filter(on=on, state=Day.State.CLOSING).update(state=Day.State.FAILED)


@transaction.atomic
def _finish(on: date) -> None:
    day = Day.objects.select_for_update().get(on=on)
    DAY_STATES.require(day.state, "closed")
    Day.objects.filter(on=on).update(state=Day.State.CLOSED, finished_at=now())
    set_business_date(on + timedelta(days=1))
    emit(DAY_CLOSED, "house:day", {"on": on.isoformat()})
