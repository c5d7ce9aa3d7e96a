"""Reads of orders that staff prepared and that wait, or waited, for the customer's own word."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, own, query
from liti.core.clock import now
from liti.core.errors import NotFound
from liti.core.ids import reference
from liti.core.listing import count_to, ordered
from liti.core.roles import CUSTOMERS, MARKET
from liti.market.models import PreparedOrder
from liti.market.rules import prepared_status
from liti.market.whose import asked_of
from liti.parties import queries as parties

PAGE_MAX = 500
PREPARED_ORDERS = {
    name: name
    for name in ("prepared_at", "prepared_by", "side", "channel", "amount_minor", "status")
}


@dataclass(frozen=True, slots=True)
class PreparedView:
    """An order as it was prepared; `confirms_on` as it was quoted then, `order_id` what became
    of it once the customer confirmed. An amount in minor units."""

    id: UUID
    party_id: UUID
    side: str
    product_code: str
    product_zh: str
    product_en: str
    account_id: UUID
    amount_minor: int
    currency: str
    channel: str
    offer_id: UUID | None
    status: str
    prepared_by: str
    prepared_at: datetime
    prepared_on: date
    expires_at: datetime
    confirms_on: date | None
    decided_at: datetime | None
    reason: str
    order_id: UUID | None

    @property
    def number(self) -> str:
        """What the customer and staff call it by."""
        return reference("W", self.prepared_on, self.id)


@query(staff=CUSTOMERS | MARKET, customer=own("party_id"), system=BATCHES)
def prepared_waiting(party_id: UUID) -> list[PreparedView]:
    """What waits for a customer's word now, the oldest first."""
    rows = _rows().filter(
        party_id__in=parties.every_id(party_id), status="waiting", expires_at__gt=now()
    )
    return [prepared_view(row) for row in rows.order_by("prepared_at", "id")[:PAGE_MAX]]


@query(staff=CUSTOMERS | MARKET, customer=asked_of, system=BATCHES)
def prepared_order(prepared_id: UUID) -> PreparedView:
    """One prepared order. Raises NotFound."""
    row = _rows().filter(id=prepared_id).first()
    if row is None:
        raise unknown_prepared()
    return prepared_view(row)


@query(staff=MARKET, system=BATCHES)
def recent_prepared(
    *, status: str = "", order: str = "", limit: int = 50, offset: int = 0
) -> list[PreparedView]:
    """All prepared orders, newest first or by one of PREPARED_ORDERS; what has expired counts
    as expired at once. Raises InvalidInput for another order."""
    rows = ordered(_narrowed(status), order, PREPARED_ORDERS, tie="-id")
    return [prepared_view(row) for row in rows[offset : offset + min(limit, PAGE_MAX)]]


@query(staff=MARKET, system=BATCHES)
def count_prepared(*, status: str = "", most: int = 500) -> int:
    """How many `recent_prepared` finds, counted to `most`."""
    return count_to(_narrowed(status), most)


def _narrowed(status: str) -> Any:
    rows, at = _rows().order_by("-id"), now()
    if status == "waiting":
        return rows.filter(status=status, expires_at__gt=at)
    if status == "expired":
        return rows.filter(Q(status="expired") | Q(status="waiting", expires_at__lte=at))
    return rows.filter(status=status) if status else rows


def unknown_prepared() -> NotFound:
    """For this room only: the refusal of an id that is none, or is another customer's."""
    return NotFound("market.unknown_prepared", _("There is no such prepared order."))


def prepared_view(row: PreparedOrder) -> PreparedView:
    """For this room only: a row as others may see it."""
    return PreparedView(
        id=row.id,
        party_id=row.party_id,
        side=row.side,
        product_code=row.product.code,
        product_zh=row.version.name_zh,
        product_en=row.version.name_en,
        account_id=row.account_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        channel=row.channel,
        offer_id=row.offer_id,
        status=prepared_status(row.status, row.expires_at, now()),
        prepared_by=row.prepared_by,
        prepared_at=row.prepared_at,
        prepared_on=row.prepared_on,
        expires_at=row.expires_at,
        confirms_on=row.confirms_on,
        decided_at=row.decided_at,
        reason=row.reason,
        order_id=row.order_id,
    )


def _rows() -> Any:
    return PreparedOrder.objects.select_related("product", "version")
