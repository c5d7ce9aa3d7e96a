"""What the marketplace tells the house, and what it hears: an engine with another date.

`placed`: the customer has bought and his money is set apart; `filled`: the engine has
delivered, wholly or in part, and `amount_minor` is what it delivered. `prepared`: it waits for
the customer; `prepared.ended`: he has confirmed or declined, it has expired or was taken back.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from liti.core.engines import ORDER_REDATED
from liti.core.events import EventView, subscribe
from liti.market.models import Order
from liti.market.rules import AT_THE_ENGINE

ORDER_PLACED = "market.order.placed"
ORDER_FILLED = "market.order.filled"
ORDER_REFUSED = "market.order.refused"
ORDER_CANCELLED = "market.order.cancelled"
ORDER_REDEEMED = "market.order.redeemed"
ORDER_PREPARED = "market.order.prepared"
PREPARED_ENDED = "market.prepared.ended"
PRODUCT_MOVED = "market.product.moved"
ASSESSED = "market.party.assessed"


@subscribe(ORDER_REDATED, name="market.redate_order")
def on_order_redated(event: EventView) -> None:
    """The order is asked about, and becomes final, on the day that its engine expects."""
    day = date.fromisoformat(event.payload["confirms_on"])
    rows = Order.objects.filter(id=UUID(event.payload["order_id"]), status__in=AT_THE_ENGINE)
    rows.update(confirms_on=day, settles_on=day)
