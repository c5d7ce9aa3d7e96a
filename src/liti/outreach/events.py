"""What outreach tells the house and hears: an order closes a contact, a withdrawal ends it."""

from __future__ import annotations

from uuid import UUID

from liti.core.events import EventView, subscribe
from liti.market.events import ORDER_PLACED
from liti.outreach.services import close_by_order, leave_in_peace
from liti.parties.events import CONSENT_CHANGED


@subscribe(ORDER_PLACED, name="outreach.close_contact")
def on_order_placed(event: EventView) -> None:
    """Who has bought is not contacted about it any more, whenever the engine delivers."""
    close_by_order(UUID(event.payload["party_id"]), event.payload["product_code"])


@subscribe(CONSENT_CHANGED, name="outreach.leave_in_peace")
def on_consent_changed(event: EventView) -> None:
    """Planned contacts drop out at once; sending asks again whatever happens here."""
    leave_in_peace(UUID(event.payload["party_id"]))
