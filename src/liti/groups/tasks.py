"""Work of the groups room that is done in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from liti.core.context import acting, job
from liti.groups import services


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="groups.stale", lock="groups.stale", pass_context=False)
def refresh_stale(timestamp: int) -> int:
    """Every minute compute those again whom a merge made one, or parted."""
    with acting(job("groups.stale")):
        return services.refresh_stale()
