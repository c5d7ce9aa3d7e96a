"""Buying and selling: asked for, quoted, found suitable, confirmed by the customer, funded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.accounts import services as account_rules
from liti.core import engines, params
from liti.core.authority import command, own
from liti.core.clock import business_date, now
from liti.core.errors import Conflict, InvalidInput, Refused
from liti.core.events import emit
from liti.core.texts import money_text
from liti.market import events, funding
from liti.market.due import ring
from liti.market.models import Order, OrderStep, PreparedOrder, ProductVersion
from liti.market.moving import as_ordered, hear, move, placed, save, step_of
from liti.market.queries import OrderView, current_version, order_view, suits
from liti.market.rules import Contribution
from liti.market.shelving import hold_on_shelf
from liti.parties import queries as parties

KEY_MAX = 120


@dataclass(frozen=True, slots=True)
class Wish:
    """For this room only: what was asked for, as compared when a key comes a second time."""

    party_id: UUID
    product_code: str
    account_id: UUID
    amount_minor: int
    side: str


@command(customer=own("party_id"))
@transaction.atomic
def quote_order(
    party_id: UUID,
    product_code: str,
    account_id: UUID,
    amount_minor: int,
    *,
    side: str = Order.Side.BUY,
    channel: str,
    key: str,
) -> OrderView:
    """Ask what an order would do: quoted by the engine, let through by the suitability gate.

    `place_order` or `sell_order` with the same key and content confirms it, within
    `market.quote.valid_minutes`. No money moves. Raises what they raise.
    """
    party_id = parties.hold(party_id)
    wish = Wish(party_id, product_code, account_id, amount_minor, side)
    row, steps = _quoted(wish, key, channel, None, ())
    if steps:
        save([row], steps)
    return order_view(row)


@command(customer=own("party_id"), system=("demo",))
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

    The customer confirms, and his money is set apart in the same transaction; a refusal
    leaves nothing behind, and the same key can be tried again. An engine with books here
    carries the order out at once; to one over the wire it is sent after the commit, and the
    order's state tells what became of it. The same key with the same content answers the
    first order; with other content Conflict. Raises Refused with the reason: product not on
    sale, not suitable (`market.no_assessment`, `market.risk_too_high`, …), amount outside
    the product's bounds, an account that is not the customer's own or of the wrong class,
    a quote that has run out, and the ledger's refusals. Emits market.order.placed, and
    market.order.filled when the engine has delivered.
    """
    party_id = parties.hold(party_id)
    wish = Wish(party_id, product_code, account_id, amount_minor, Order.Side.BUY)
    return buy(wish, channel, key, offer_id, introduced_by)


def buy(
    wish: Wish,
    channel: str,
    key: str,
    offer_id: UUID | None,
    introduced_by: Sequence[Contribution],
) -> OrderView:
    """For this room only: what `place_order` does, in the caller's transaction."""
    row, steps = _quoted(wish, key, channel, offer_id, introduced_by)
    if row.status != "suitable":
        return order_view(row)
    steps.append(move(row, "agreed"))
    funding.fund(row)
    steps.append(move(row, "funded"))
    emit(events.ORDER_PLACED, str(row.id), placed(row))
    return _to_the_engine(row, steps)


@command(customer=own("party_id"), system=("demo",))
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
    return sell(
        Wish(party_id, product_code, account_id, amount_minor, Order.Side.SELL), channel, key
    )


def sell(wish: Wish, channel: str, key: str) -> OrderView:
    """For this room only: what `sell_order` does, in the caller's transaction."""
    row, steps = _quoted(wish, key, channel, None, ())
    if row.status != "quoted":
        return order_view(row)
    steps.append(move(row, "agreed"))
    return _to_the_engine(row, steps)


def _to_the_engine(row: Order, steps: list[OrderStep]) -> OrderView:
    """Here: carried out in this transaction. Over the wire: due, and sent after the commit."""
    row.quoted_until = None
    if row.over_the_wire:
        row.look_at = now()
        transaction.on_commit(ring, robust=True)
    else:
        steps.append(move(row, "sent"))
        steps += hear(row, engines.engine_of(row.engine).place(as_ordered(row)))
    save([row], steps)
    # What was quoted and confirmed in one breath has no step but these.
    return order_view(row, steps if steps[0].status == "quoted" else None)


def _quoted(
    wish: Wish,
    key: str,
    channel: str,
    offer_id: UUID | None,
    introduced_by: Sequence[Contribution],
) -> tuple[Order, list[OrderStep]]:
    """The order of this key, quoted and through the gate now, or further on from before."""
    row = _known(wish, key)
    if row is not None and row.status not in ("quoted", "suitable"):
        return row, []
    if row is not None and row.quoted_until is not None and row.quoted_until < now():
        raise Refused(
            "market.quote_expired",
            _("The quote has run out."),
            remedy=_("Ask for a new one."),
        )
    version = checked(wish)
    if row is not None:
        return row, []
    row, created = _create(wish, version, channel, key, offer_id, introduced_by)
    if not created:  # another request with the same key came first
        return row, []
    quote = engines.engine_of(row.engine).quote(as_ordered(row))
    row.confirms_on, row.settles_on = quote.confirms_on, quote.settles_on
    steps = [step_of(row)]
    if wish.side == Order.Side.BUY:
        steps.append(move(row, "suitable"))
    return row, steps


def checked(wish: Wish) -> ProductVersion:
    """For this room only: the terms by which a wish may be ordered now, or why it may not."""
    selling = wish.side == Order.Side.SELL
    version = _sellable(wish.product_code, selling=selling)
    _check_amount(version, wish.amount_minor, selling=selling)
    if not selling:
        verdict = suits(wish.party_id, version)
        if not verdict.ok:
            raise Refused(
                verdict.code, verdict.reason, remedy=verdict.remedy, product=wish.product_code
            )
    _check_account(wish, version)
    return version


def _known(wish: Wish, key: str) -> Order | None:
    check_key(key)
    rows = Order.objects.select_for_update(of=("self",)).select_related("product", "version")
    row: Order | None = rows.filter(party_id__in=parties.every_id(wish.party_id), key=key).first()
    if row is not None:
        require_same(wish_of(row, wish.party_id), wish, key, order_id=row.id)
    return row


def check_key(key: str) -> None:
    """For this room only. Raises InvalidInput for what is no key of an order."""
    if not key or len(key) > KEY_MAX:
        raise InvalidInput("market.bad_key", _("An order needs a key of 1 to 120 characters."))


def wish_of(row: Order | PreparedOrder, party_id: UUID) -> Wish:
    """For this room only: what a row asks for, by the living id of its customer."""
    return Wish(party_id, row.product.code, row.account_id, row.amount_minor, row.side)


def require_same(before: Wish, wish: Wish, key: str, **data: Any) -> None:
    """For this room only. Raises Conflict where a key comes again with other content."""
    if before != wish:
        raise Conflict(
            "market.key_conflict",
            _("Key %(key)s was used for another order.") % {"key": key},
            remedy=_("Use a new key for a new order."),
            **data,
        )


def _sellable(code: str, *, selling: bool) -> ProductVersion:
    version = current_version(code, business_date())
    status = hold_on_shelf(version.product_id)
    open_states = {"on_shelf", "suspended"} if selling else {"on_shelf"}
    if status not in open_states:
        raise Refused(
            "market.not_on_sale",
            _("%(code)s is not on sale now.") % {"code": code},
            status=status,
        )
    if version.product.engine not in engines.registered():
        raise Refused(
            "market.no_orders_here",
            _("%(code)s can't be ordered here.") % {"code": code},
            remedy=_("Ask the service team; it takes the request."),
        )
    return version


def _check_amount(version: ProductVersion, amount_minor: int, *, selling: bool) -> None:
    if type(amount_minor) is not int or amount_minor <= 0:
        raise InvalidInput("market.bad_amount", _("Give a whole number of minor units above zero."))
    low, high = version.amount_min_minor, version.amount_max_minor
    if not selling and not low <= amount_minor <= high:
        raise Refused(
            "market.amount_out_of_bounds",
            _("An order is between %(low)s and %(high)s.")
            % {
                "low": money_text(low, version.currency),
                "high": money_text(high, version.currency),
            },
            amount_min_minor=low,
            amount_max_minor=high,
        )


def _check_account(wish: Wish, version: ProductVersion) -> None:
    """The account is the customer's, of a fitting class, and stays open meanwhile.

    What is bought belongs to the account's owner; an authorised user may pay with the
    account, but opens no investment of his own on somebody else's money.
    """
    account_rules.hold_open([wish.account_id])
    mine = {a.id: a for a in accounts.accounts_of(wish.party_id)}
    account = mine.get(wish.account_id)
    if account is None:
        raise Refused(
            "market.not_own_account",
            _("The account does not belong to this customer."),
            remedy=_("Choose one of the customer's own accounts."),
        )
    if not account.allows(accounts.Right.INVEST):
        raise Refused(
            "market.authorised_user",
            _("An authorised user can't invest with the owner's account."),
            remedy=_("The owner orders it, or the user from an account of his own."),
        )
    if wish.side == Order.Side.BUY and account.account_class not in version.account_classes:
        raise Refused(
            "market.account_class",
            _("This product is not offered on an account of class %(name)s.")
            % {"name": account.account_class},
        )


def _create(
    wish: Wish,
    version: ProductVersion,
    channel: str,
    key: str,
    offer_id: UUID | None,
    introduced_by: Sequence[Contribution],
) -> tuple[Order, bool]:
    minutes = int(params.get("market.quote.valid_minutes"))
    row = unsaved(wish, version)
    row.key, row.channel, row.offer_id = key, channel, offer_id
    row.contributions = [plain(c) for c in introduced_by]
    row.over_the_wire = engines.engine_of(row.engine).over_the_wire
    row.quoted_until = now() + timedelta(minutes=minutes)
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:  # the same key came at the same time, and was first
        earlier = _known(wish, key)
        if earlier is None:
            raise
        return earlier, False
    return row, True


def unsaved(wish: Wish, version: ProductVersion) -> Order:
    """For this room only: the order of a wish by the version's terms, as an engine may be asked
    about it before there is one."""
    return Order(
        party_id=wish.party_id,
        side=wish.side,
        product=version.product,
        version=version,
        account_id=wish.account_id,
        amount_minor=wish.amount_minor,
        currency=version.currency,
        booked_on=business_date(),
        engine=version.product.engine,
    )


def plain(contribution: Contribution) -> dict[str, Any]:
    """For this room only: who helped, as a row keeps it."""
    partner = contribution.partner_id
    return asdict(contribution) | {"partner_id": str(partner) if partner else None}
