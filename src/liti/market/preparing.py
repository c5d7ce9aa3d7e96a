"""Staff prepare an order, at the desk or on the phone; the customer alone places it, in the app.

Nothing moves before he confirms. What he confirms is what he was shown: the terms, the day and
the disclosure are asked anew then, with all that an order of his own would be asked.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.core import engines, params
from liti.core.authority import command, own
from liti.core.clock import business_date, now
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput, Refused
from liti.core.events import emit
from liti.core.roles import DESK
from liti.market import events
from liti.market.disclosures import disclosure
from liti.market.models import Order, PreparedOrder, ProductVersion
from liti.market.moving import as_ordered
from liti.market.placing import (
    Wish,
    buy,
    check_key,
    checked,
    plain,
    require_same,
    sell,
    unsaved,
    wish_of,
)
from liti.market.prepared import PreparedView, prepared_view, unknown_prepared
from liti.market.queries import OrderView, order_view
from liti.market.rules import PREPARED_STATES, Contribution, prepared_status
from liti.parties import queries as parties

CHANNELS = ("console", "phone")
REASON_MAX = 200


@dataclass(frozen=True, slots=True)
class PreparedQuote:
    """What a prepared order would do now. `seen` stands for all that the customer is shown."""

    confirms_on: date | None
    settles_on: date | None
    fee_minor: int
    seen: str


@command(staff=DESK)
@transaction.atomic
def prepare_order(
    party_id: UUID,
    product_code: str,
    account_id: UUID,
    amount_minor: int,
    *,
    side: str = Order.Side.BUY,
    channel: str,
    key: str,
    offer_id: UUID | None = None,
    introduced_by: Sequence[Contribution] = (),
) -> PreparedView:
    """Lay an order before the customer; it waits `market.prepared.days` for his word.

    `channel`: console or phone. The same key with the same content answers the first one.
    Raises what `place_order` would raise now but for the money, InvalidInput (key, channel),
    Conflict (key), Refused `market.prepared_too_many`.
    """
    check_key(key)
    if channel not in CHANNELS:
        raise InvalidInput("market.bad_channel", _("An order is prepared at the desk or by phone."))
    party_id = parties.hold_alone([party_id])[party_id]
    wish = Wish(party_id, product_code, account_id, amount_minor, side)
    mine = PreparedOrder.objects.filter(party_id__in=parties.every_id(party_id))
    known = mine.filter(key=key).select_related("product", "version").first()
    if known is not None:
        require_same(wish_of(known, party_id), wish, key)
        return prepared_view(known)
    most = int(params.get("market.prepared.waiting_max"))
    if mine.filter(status="waiting", expires_at__gt=now()).count() >= most:
        raise Refused(
            "market.prepared_too_many",
            _("%(count)d orders wait for this customer already.") % {"count": most},
            remedy=_("Take one back, or wait for his answer."),
        )
    version = checked(wish)
    quote = _quote(wish, version)
    at = now()
    row = PreparedOrder.objects.create(
        party_id=party_id,
        key=key,
        side=side,
        product=version.product,
        version=version,
        account_id=account_id,
        amount_minor=amount_minor,
        currency=version.currency,
        channel=channel,
        offer_id=offer_id,
        contributions=[plain(c) for c in introduced_by],
        prepared_by=current_actor().label[:150],
        prepared_at=at,
        prepared_on=business_date(),
        expires_at=at + timedelta(days=int(params.get("market.prepared.days"))),
        confirms_on=quote.confirms_on,
    )
    emit(events.ORDER_PREPARED, str(row.id), _told(row))
    return prepared_view(row)


@command(customer=own("party_id"))
@transaction.atomic
def review_prepared(party_id: UUID, prepared_id: UUID) -> PreparedQuote:
    """What the customer is asked to confirm, quoted now. Raises what confirming would raise."""
    row = _his(party_id, prepared_id)
    _require_waiting(row)
    wish = wish_of(row, parties.hold(party_id))
    return _quote(wish, checked(wish))


@command(customer=own("party_id"))
@transaction.atomic
def confirm_prepared(party_id: UUID, prepared_id: UUID, seen: str) -> OrderView:
    """The customer places it: from now on it is an order like one that he wrote himself.

    `seen` of the quote that he was shown. A second time answers the first order. Raises
    Refused `market.quote_changed` when terms, day or disclosure are others by now, Conflict
    (declined, expired, taken back) and whatever placing or selling raises; then it still waits.
    """
    row = _his(party_id, prepared_id)
    if row.order is not None:
        return order_view(row.order)
    _require_waiting(row)
    wish = wish_of(row, parties.hold(party_id))
    if _quote(wish, checked(wish)).seen != seen:
        raise Refused(
            "market.quote_changed",
            _("The terms or the day have changed since this was shown."),
            remedy=_("See it again, and confirm what it says now."),
        )
    key = f"prepared-{row.id}"
    if row.side == Order.Side.SELL:
        placed = sell(wish, row.channel, key)
    else:
        placed = buy(wish, row.channel, key, row.offer_id, _contributions(row))
    row.order_id = placed.id
    _end(row, "confirmed")
    return placed


@command(customer=own("party_id"))
@transaction.atomic
def decline_prepared(party_id: UUID, prepared_id: UUID, reason: str) -> None:
    """The customer says no, and why. Raises InvalidInput (no reason), NotFound, Conflict."""
    if not 0 < len(reason.strip()) <= REASON_MAX:
        raise InvalidInput(
            "market.no_reason",
            _("Say in up to %(most)d characters why not.") % {"most": REASON_MAX},
            field="reason",
        )
    row = _his(party_id, prepared_id)
    if row.status == "declined":
        return
    _require_waiting(row)
    row.reason = reason.strip()
    _end(row, "declined")


@command(staff=DESK)
@transaction.atomic
def take_back_prepared(prepared_id: UUID, reason: str) -> None:
    """Staff take back what waits. Raises NotFound, Conflict (it does not wait any more)."""
    row = _locked(prepared_id)
    _require_waiting(row)
    row.reason = reason.strip()[:REASON_MAX]
    _end(row, "taken_back")


def end_prepared(limit: int) -> int:
    """What nobody answered in time has expired; returns how many. For this room's worker."""
    with transaction.atomic():
        rows = (
            PreparedOrder.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("product", "version")
            .filter(status="waiting", expires_at__lte=now())
            .order_by("expires_at")[:limit]
        )
        ended = list(rows)
        for row in ended:
            _end(row, "expired")
    return len(ended)


def _quote(wish: Wish, version: ProductVersion) -> PreparedQuote:
    """What the engine says of an order that is not there yet, and a mark of all that is shown."""
    product, on = version.product, business_date()
    quote = engines.engine_of(product.engine).quote(as_ordered(unsaved(wish, version)))
    maker = product.supplier
    said = disclosure(product.category, on, maker.name_zh, maker.name_en)
    parts = (version.id, quote.confirms_on, quote.settles_on, quote.fee_minor, *said)
    seen = hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
    return PreparedQuote(quote.confirms_on, quote.settles_on, quote.fee_minor, seen)


def _his(party_id: UUID, prepared_id: UUID) -> PreparedOrder:
    row = _locked(prepared_id)
    if row.party_id not in parties.ids_of(party_id):
        raise unknown_prepared()
    return row


def _locked(prepared_id: UUID) -> PreparedOrder:
    rows = PreparedOrder.objects.select_for_update(of=("self",)).select_related(
        "product", "version", "order__product", "order__version"
    )
    row: PreparedOrder | None = rows.filter(id=prepared_id).first()
    if row is None:
        raise unknown_prepared()
    return row


def _require_waiting(row: PreparedOrder) -> None:
    status = prepared_status(row.status, row.expires_at, now())
    if status != "waiting":
        raise Conflict(
            "market.prepared_over",
            _("This order does not wait any more."),
            remedy=_("It was answered, taken back, or has expired; nothing was moved."),
            status=status,
        )


def _end(row: PreparedOrder, status: str) -> None:
    PREPARED_STATES.require(row.status, status)
    row.status, row.decided_at = status, now()
    row.save(update_fields=["status", "decided_at", "reason", "order"])
    emit(events.PREPARED_ENDED, str(row.id), _told(row) | {"status": status})


def _told(row: PreparedOrder) -> dict[str, Any]:
    return {
        "prepared_id": str(row.id),
        "party_id": str(row.party_id),
        "product_code": row.product.code,
        "amount_minor": row.amount_minor,
        "channel": row.channel,
        "offer_id": str(row.offer_id) if row.offer_id else None,
        "order_id": str(row.order_id) if row.order_id else None,
    }


def _contributions(row: PreparedOrder) -> list[Contribution]:
    return [
        Contribution(**{**c, "partner_id": UUID(c["partner_id"]) if c["partner_id"] else None})
        for c in row.contributions
    ]
