"""Batch runs as records: each step knows whether it is done, so that a broken run resumes."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from liti.core.clock import now
from liti.core.models import StepRun


@dataclass(slots=True)
class Step:
    """A step in work. `done` says that an earlier run finished it: skip the work."""

    run: str
    name: str
    key: str
    done: bool
    counts: dict[str, Any] = field(default_factory=dict)
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class StepView:
    """A step as staff see it."""

    run: str
    step: str
    key: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    counts: dict[str, Any]
    error: str


@contextmanager
def run_step(run: str, step: str, *, key: str = "", again: bool = False) -> Iterator[Step]:
    """Open a step. With `again` the work is repeated although it was done before.

    The record is written outside the work's own transaction: a failure is kept with its
    error, and a killed process leaves the step `running`, which the next run takes over.
    """
    row, _created = StepRun.objects.get_or_create(run=run, step=step, key=key)
    if row.state == StepRun.State.DONE and not again:
        yield Step(run, step, key, True, dict(row.counts), row.counts.get("seconds", 0.0))
        return
    started = now()
    StepRun.objects.filter(id=row.id).update(
        state=StepRun.State.RUNNING, started_at=started, finished_at=None, error=""
    )
    current = Step(run, step, key, False)
    try:
        yield current
    except BaseException as error:
        StepRun.objects.filter(id=row.id).update(
            state=StepRun.State.FAILED,
            finished_at=now(),
            counts=current.counts,
            error=f"{type(error).__name__}: {error}"[:2000],
        )
        raise
    current.seconds = round((now() - started).total_seconds(), 2)
    current.counts["seconds"] = current.seconds
    StepRun.objects.filter(id=row.id).update(
        state=StepRun.State.DONE, finished_at=now(), counts=current.counts
    )


def steps(run: str = "", limit: int = 100) -> list[StepView]:
    """Recorded steps, newest first; of one run where named."""
    rows = StepRun.objects.filter(run=run) if run else StepRun.objects.all()
    return [
        StepView(r.run, r.step, r.key, r.state, r.started_at, r.finished_at, r.counts, r.error)
        for r in rows.order_by("-started_at")[:limit]
    ]
