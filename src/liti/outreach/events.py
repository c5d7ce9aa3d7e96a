"""What outreach tells the house, and what it hears: an order closes its contact."""

from __future__ import annotations

from uuid import UUID

from liti.core.events import EventView, subscribe
from liti.market.events import ORDER_FILLED
from liti.outreach.services import close_by_order


@subscribe(ORDER_FILLED, name="outreach.close_contact")
def on_order_filled(event: EventView) -> None:
    """A sale ends the open contacts for the product: the customer has it now."""
    close_by_order(UUID(event.payload["party_id"]), event.payload["product_code"])
