"""The scheduler: each minute it asks whether the business date's cut-off has come."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from liti.core.context import acting, job
from liti.day import asking, services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="day.close", lock="day.close", pass_context=False)
def close_when_due(timestamp: int) -> int:
    """Close what is due; returns how many days ended."""
    with acting(job("day.close")):
        return len(services.close_due())


@app.task(queueing_lock="day.close.asked", lock="day.close", pass_context=False)
def close_asked(on: str, by: str) -> int:
    """Close a day that staff asked for, unless it has ended meanwhile."""
    with acting(job("day.close", on_behalf_of=by)):
        return len(services.close_if_current(date.fromisoformat(on)))


def ask(on: date, by: str) -> None:
    """Put the close into the queue; one that waits there already is the same."""
    try:
        with transaction.atomic():
            close_asked.defer(on=on.isoformat(), by=by)
    except AlreadyEnqueued:
        pass


asking.on_request(ask)
