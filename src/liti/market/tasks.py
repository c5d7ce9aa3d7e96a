"""Work of the marketplace in the background: orders at engines over the wire."""

from __future__ import annotations

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from liti.core.context import acting, job
from liti.market import services
from liti.market.due import on_due


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="market.advance", pass_context=False)
def advance_orders(timestamp: int) -> int:
    """Send what is due and ask about what is undecided; rung by each order, and every minute."""
    with acting(job("market.advance")):
        return services.advance_orders().asked


def ring() -> None:
    """Ask for a round; one that waits already will see our order too."""
    try:
        with transaction.atomic():
            advance_orders.configure().defer(timestamp=0)
    except AlreadyEnqueued:
        pass


on_due(ring)
