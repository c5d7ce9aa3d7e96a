"""What attribution hears: a sale is shared, a cancelled one is taken back."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from liti.attribution import services
from liti.core.clock import business_date
from liti.core.events import EventView, subscribe
from liti.market.events import ORDER_CANCELLED, ORDER_FILLED


# One handler for both, so that a cancelling never overtakes the sale that it takes back; few at
# once, as every share is posted from one account of the bank's, held until the commit.
@subscribe(
    ORDER_FILLED,
    ORDER_CANCELLED,
    name="attribution.share_sale",
    at_once=20,
    formerly=["attribution.reverse_sale"],
)
def on_order(event: EventView) -> None:
    """Share the benefit among those who brought the sale, or reverse it on the day of the
    cancelling: what was posted stays in the books."""
    told = event.payload
    if event.type == ORDER_CANCELLED:
        services.reverse_benefit(event.id, UUID(told["order_id"]), business_date())
        return
    services.share_benefit(
        services.Sale(
            event_id=event.id,
            order_id=UUID(told["order_id"]),
            party_id=UUID(told["party_id"]),
            product_code=told["product_code"],
            amount_minor=told["amount_minor"],
            currency=told.get("currency", "CNY"),
            booked_on=date.fromisoformat(told["booked_on"]),
            claims=services.claims_of(told["contributions"]),
        )
    )
