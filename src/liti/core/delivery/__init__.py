"""Delivery of events: to each handler by itself, at least once, in order per key; dead letters,
removal by age. See docs/events.md."""

from liti.core.delivery.delivering import deliver_pending
from liti.core.delivery.letters import (
    DeliveryView,
    Standing,
    count_dead,
    count_deliveries,
    deliveries,
    delivery,
    give_up_delivery,
    retry_delivery,
    standings,
)
from liti.core.delivery.removing import remove_old

__all__ = [
    "DeliveryView",
    "Standing",
    "count_dead",
    "count_deliveries",
    "deliver_pending",
    "deliveries",
    "delivery",
    "give_up_delivery",
    "remove_old",
    "retry_delivery",
    "standings",
]
