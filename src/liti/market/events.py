"""What the marketplace tells the house, and what it hears: a purchase with another date."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from liti.core.events import EventView, subscribe
from liti.market.models import Order
from liti.wealth.events import PURCHASE_REDATED

ORDER_FILLED = "market.order.filled"
ORDER_CANCELLED = "market.order.cancelled"
ORDER_REDEEMED = "market.order.redeemed"
PRODUCT_MOVED = "market.product.moved"
ASSESSED = "market.party.assessed"


@subscribe(PURCHASE_REDATED, name="market.redate_order")
def on_purchase_redated(event: EventView) -> None:
    """The order becomes final on the day on which its shares are confirmed."""
    Order.objects.filter(id=UUID(event.payload["order_id"]), status=Order.Status.CONFIRMED).update(
        settles_on=date.fromisoformat(event.payload["confirmed_on"])
    )
