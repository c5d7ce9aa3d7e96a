"""What outreach tells the house, and what it hears: an order closes its contact."""

from __future__ import annotations

from uuid import UUID

from liti.core.events import EventView, subscribe
from liti.market.events import ORDER_PLACED
from liti.outreach.services import close_by_order


@subscribe(ORDER_PLACED, name="outreach.close_contact")
def on_order_placed(event: EventView) -> None:
    """Who has bought is not contacted about it any more, whenever the engine delivers."""
    close_by_order(UUID(event.payload["party_id"]), event.payload["product_code"])
