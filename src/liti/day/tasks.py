"""The scheduler: each minute it asks whether the business date's cut-off has come."""

from __future__ import annotations

from procrastinate.contrib.django import app

from liti.core.context import acting, job
from liti.day import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="day.close", lock="day.close", pass_context=False)
def close_when_due(timestamp: int) -> int:
    """Close what is due; returns how many days ended."""
    with acting(job("day.close")):
        return len(services.close_due())
