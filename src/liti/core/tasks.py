"""The outbox's delivery in the background: rung by each commit that wrote events, and every
minute for what a lost bell or a failed handler left behind."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from liti.core.events import deliver_pending, on_emit

BATCH = 1000
BATCHES_MAX = 100


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.deliver", lock="core.deliver", pass_context=False)
def deliver(timestamp: int) -> int:
    """Deliver what waits; one job at a time, so that the order of writing is kept."""
    delivered = 0
    for _ in range(BATCHES_MAX):
        batch = deliver_pending(BATCH)
        delivered += batch
        if batch < BATCH:
            break
    return delivered


def ring() -> None:
    """Ask for a delivery; one that waits already will see our events too."""
    try:
        with transaction.atomic():
            # by configure(), as the types of a periodic task leave out its own argument
            deliver.configure().defer(timestamp=0)
    except AlreadyEnqueued:
        pass


on_emit(ring)
