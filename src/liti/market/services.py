"""Commands of the marketplace: buy, sell, cancel, settle, assess, move a product."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.accounts import services as account_rules
from liti.core.authority import command, own
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.money import format_minor
from liti.core.roles import DESK, roles
from liti.market import events
from liti.market.assessing import AssessmentView, assess, questionnaire
from liti.market.models import Order, OrderStep, ProductVersion
from liti.market.proposals import (
    propose_product,
    propose_product_status,
    propose_product_version,
    propose_supplier,
)
from liti.market.queries import OrderView, current_version, order_view, suitable
from liti.market.rules import ORDER_STATES, Contribution
from liti.market.shelving import move_product
from liti.market.whose import buyer_of
from liti.parties import queries as parties
from liti.wealth import services as wealth

__all__ = [
    "AssessmentView",
    "Contribution",
    "assess",
    "cancel_order",
    "move_product",
    "place_order",
    "propose_product",
    "propose_product_status",
    "propose_product_version",
    "propose_supplier",
    "questionnaire",
    "sell_order",
    "settle_orders",
]
SWEEP = "wealth.sweep"


@dataclass(frozen=True, slots=True)
class _Wish:
    """What was asked for, as compared when a key comes a second time."""

    party_id: UUID
    product_code: str
    account_id: UUID
    amount_minor: int
    side: str


@command(staff=DESK, customer=own("party_id"), system=("demo",))
@transaction.atomic
def place_order(
    party_id: UUID,
    product_code: str,
    account_id: UUID,
    amount_minor: int,
    *,
    channel: str,
    key: str,
    offer_id: UUID | None = None,
    introduced_by: Sequence[Contribution] = (),
) -> OrderView:
    """Buy a product with the money of one of the customer's own accounts.

    One transaction from the order to the books: a refusal leaves nothing behind, and the
    same key can be tried again. The same key with the same content answers the first
    order; with other content Conflict. Raises Refused with the reason: product not on
    sale, not suitable (`market.no_assessment`, `market.risk_too_high`, …), amount outside
    the product's bounds, an account that is not the customer's or of the wrong class, and
    the ledger's refusals. The own sweep is filled at once and emits market.order.filled.
    """
    party_id = parties.hold(party_id)
    wish = _Wish(party_id, product_code, account_id, amount_minor, "buy")
    if known := _known(wish, key):
        return known
    version = _sellable(product_code)
    _check_amount(version, amount_minor)
    verdict = suitable(party_id, product_code)
    if not verdict.ok:
        raise Refused(verdict.code, verdict.reason, remedy=verdict.remedy, product=product_code)
    _check_account(party_id, account_id, version, buying=True)
    row = _create(wish, version, channel, key, offer_id, introduced_by)
    if row is None:
        return _require(_known(wish, key))
    done = wealth.subscribe(row.id, account_id, amount_minor, row.booked_on, party_id=party_id)
    _move(row, "paid")
    _move(row, "sent")
    row.settles_on = done.confirmed_on
    _move(row, "confirmed")
    emit(events.ORDER_FILLED, str(row.id), _payload(row))
    return order_view(row)


@command(staff=DESK, customer=own("party_id"), system=("demo",))
@transaction.atomic
def sell_order(
    party_id: UUID,
    product_code: str,
    account_id: UUID,
    amount_minor: int,
    *,
    channel: str,
    key: str,
) -> OrderView:
    """Sell back to the account the product was bought from; the sweep pays at once.

    Raises Refused `wealth.over_available` with the exact amount that would go through.
    """
    party_id = parties.hold(party_id)
    wish = _Wish(party_id, product_code, account_id, amount_minor, "sell")
    if known := _known(wish, key):
        return known
    version = _sellable(product_code, selling=True)
    if type(amount_minor) is not int or amount_minor <= 0:
        raise InvalidInput("market.bad_amount", _("Give a whole number of minor units above zero."))
    _check_account(party_id, account_id, version)
    row = _create(wish, version, channel, key, None, ())
    if row is None:
        return _require(_known(wish, key))
    wealth.redeem(row.id, account_id, amount_minor, row.booked_on, party_id=party_id)
    row.settles_on = row.booked_on
    for status in ("paid", "sent", "confirmed", "settled"):
        _move(row, status)
    emit(events.ORDER_REDEEMED, str(row.id), _payload(row))
    return order_view(row)


@command(staff=DESK, customer=buyer_of)
@transaction.atomic
def cancel_order(order_id: UUID, reason: str) -> OrderView:
    """Take a purchase back while its shares are not confirmed; the money returns whole.

    Raises NotFound, Conflict (already settled or cancelled) and Refused. Emits
    market.order.cancelled, on which the split of its benefit is reversed.
    """
    row = Order.objects.select_for_update(of=("self",)).filter(id=order_id).first()
    if row is None:
        raise NotFound("market.unknown_order", _("There is no order %(id)s.") % {"id": order_id})
    if row.status == Order.Status.CANCELLED:
        return order_view(row)
    ORDER_STATES.require(row.status, "cancelled")
    wealth.cancel_subscription(row.id, business_date())
    _move(row, "cancelled", reason)
    emit(events.ORDER_CANCELLED, str(row.id), _payload(row) | {"reason": reason[:200]})
    return order_view(row)


@command(staff=roles("finance_officer"), system=("market", "demo", "day"))
@transaction.atomic
def settle_orders(on: date, *, limit: int = 10_000) -> int:
    """Confirmed orders whose day has come become final; returns how many."""
    due = list(
        Order.objects.select_for_update(skip_locked=True)
        .filter(status=Order.Status.CONFIRMED, settles_on__lte=on)
        .order_by("settles_on", "id")[:limit]
    )
    ids = [row.id for row in due]
    Order.objects.filter(id__in=ids).update(status=Order.Status.SETTLED)
    label = current_actor().label
    OrderStep.objects.bulk_create(
        [OrderStep(order_id=id, status=Order.Status.SETTLED, actor=label) for id in ids]
    )
    return len(ids)


def _known(wish: _Wish, key: str) -> OrderView | None:
    if not key or len(key) > 120:
        raise InvalidInput("market.bad_key", _("An order needs a key of 1 to 120 characters."))
    rows = Order.objects.select_related("product", "version")
    row = rows.filter(party_id__in=parties.every_id(wish.party_id), key=key).first()
    if row is None:
        return None
    before = _Wish(wish.party_id, row.product.code, row.account_id, row.amount_minor, row.side)
    if before != wish:
        raise Conflict(
            "market.key_conflict",
            _("Key %(key)s was used for another order.") % {"key": key},
            remedy=_("Use a new key for a new order."),
            order_id=row.id,
        )
    return order_view(row)


def _require(view: OrderView | None) -> OrderView:
    assert view is not None, "an order that exists by its key can be read by it"
    return view


def _sellable(code: str, *, selling: bool = False) -> ProductVersion:
    version = current_version(code, business_date())
    status = version.product.status
    open_states = {"on_shelf", "suspended"} if selling else {"on_shelf"}
    if status not in open_states:
        raise Refused(
            "market.not_on_sale",
            _("%(code)s is not on sale now.") % {"code": code},
            status=status,
        )
    if version.product.engine != SWEEP:
        raise Refused(
            "market.no_orders_here",
            _("%(code)s can't be ordered here.") % {"code": code},
            remedy=_("Ask the service team; it takes the request."),
        )
    return version


def _check_amount(version: ProductVersion, amount_minor: int) -> None:
    if type(amount_minor) is not int or amount_minor <= 0:
        raise InvalidInput("market.bad_amount", _("Give a whole number of minor units above zero."))
    low, high = version.amount_min_minor, version.amount_max_minor
    if not low <= amount_minor <= high:
        raise Refused(
            "market.amount_out_of_bounds",
            _("An order is between %(low)s and %(high)s.")
            % {
                "low": format_minor(low, version.currency),
                "high": format_minor(high, version.currency),
            },
            amount_min_minor=low,
            amount_max_minor=high,
        )


def _check_account(
    party_id: UUID, account_id: UUID, version: ProductVersion, *, buying: bool = False
) -> None:
    """The account is the customer's, of a fitting class, and stays open meanwhile.

    What is bought belongs to the account's owner; an authorised user may pay with the
    account, but opens no investment of his own on somebody else's money.
    """
    account_rules.hold_open([account_id])
    mine = {a.id: a for a in accounts.accounts_of(party_id)}
    account = mine.get(account_id)
    if account is None:
        raise Refused(
            "market.not_own_account",
            _("The account does not belong to this customer."),
            remedy=_("Choose one of the customer's own accounts."),
        )
    if account.role != "owner":
        raise Refused(
            "market.authorised_user",
            _("An authorised user can't invest with the owner's account."),
            remedy=_("The owner orders it, or the user from an account of his own."),
        )
    if buying and account.account_class not in version.account_classes:
        raise Refused(
            "market.account_class",
            _("This product is not offered on an account of class %(name)s.")
            % {"name": account.account_class},
        )


def _create(
    wish: _Wish,
    version: ProductVersion,
    channel: str,
    key: str,
    offer_id: UUID | None,
    introduced_by: Sequence[Contribution],
) -> Order | None:
    """The new order, or None when another request with the same key came first."""
    row, created = Order.objects.get_or_create(
        party_id=wish.party_id,
        key=key,
        defaults={
            "side": wish.side,
            "product": version.product,
            "version": version,
            "account_id": wish.account_id,
            "amount_minor": wish.amount_minor,
            "currency": version.currency,
            "channel": channel,
            "offer_id": offer_id,
            "contributions": [_plain(c) for c in introduced_by],
            "booked_on": business_date(),
        },
    )
    if not created:
        return None
    OrderStep.objects.create(order=row, status=row.status, actor=current_actor().label)
    return row


def _plain(contribution: Contribution) -> dict[str, Any]:
    partner = contribution.partner_id
    return asdict(contribution) | {"partner_id": str(partner) if partner else None}


def _move(row: Order, status: str, note: str = "") -> None:
    ORDER_STATES.require(row.status, status)
    row.status = status
    row.save(update_fields=["status", "settles_on"])
    OrderStep.objects.create(order=row, status=status, actor=current_actor().label, note=note[:200])


def _payload(row: Order) -> dict[str, Any]:
    return {
        "order_id": str(row.id),
        "party_id": str(row.party_id),
        "product_code": row.product.code,
        "product_department": row.product.department,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "account_id": str(row.account_id),
        "channel": row.channel,
        "offer_id": str(row.offer_id) if row.offer_id else None,
        "contributions": row.contributions,
        "booked_on": row.booked_on.isoformat(),
    }
