"""Work of the payments room that is done in the background."""

from __future__ import annotations

from procrastinate.contrib.django import app

from liti.core.context import acting, job
from liti.payments import services


# No `lock`: each payment is locked while it is asked about, and a lock of the queue would
# outlive a worker that was killed.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="payments.resolve", pass_context=False)
def resolve_undecided(timestamp: int) -> int:
    """Every minute ask about payments whose outcome is not known."""
    with acting(job("payments.resolve")):
        return services.resolve_undecided()
