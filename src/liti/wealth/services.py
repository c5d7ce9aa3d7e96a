"""Commands of the wealth cloud: subscribe, redeem, cancel, distribute a day's income."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import F, Sum
from django.utils.translation import gettext as _

from liti.accounts import services as accounts
from liti.core import params
from liti.core.authority import command
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.texts import money_text
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.parties import queries as parties
from liti.wealth import rules
from liti.wealth.dating import confirmed_on
from liti.wealth.income import IncomeReport, distribute_due, distribute_income, record_yields
from liti.wealth.lookup import fund_of, transfer_id
from liti.wealth.models import Fund, Holding, Movement
from liti.wealth.proposals import propose_yield

__all__ = [
    "SWEEP_FUND",
    "IncomeReport",
    "MovementView",
    "cancel_subscription",
    "distribute_due",
    "distribute_income",
    "propose_yield",
    "record_yields",
    "redeem",
    "subscribe",
]
SWEEP_FUND = "LTYEB1"


@dataclass(frozen=True, slots=True)
class MovementView:
    """What an order did: `confirmed_on` is the day from which bought shares earn."""

    order_id: UUID
    kind: str
    account_id: UUID
    fund_code: str
    amount_minor: int
    booked_on: date
    confirmed_on: date
    transfer_id: UUID


@command(system=("market",))
@transaction.atomic
def subscribe(
    order_id: UUID,
    account_id: UUID,
    amount_minor: int,
    booked_on: date,
    *,
    party_id: UUID,
    fund_code: str = SWEEP_FUND,
    paid_from: UUID | None = None,
) -> MovementView:
    """Move money from a customer's account into the fund's pool; one yuan buys one share.

    `paid_from`: where the money waits, when it has left the account already (an order's).

    The ledger holds the key: the same order is posted once, and asked again answers what
    was done. Raises InvalidInput, NotFound (fund), Conflict (order id with other content)
    and the ledger's refusals (insufficient_funds, account_closed, …).
    """
    fund = fund_of(fund_code)
    _check_amount(amount_minor)
    accounts.hold_open([account_id])
    transfer = TransferRequest(
        id=transfer_id(booked_on, "subscribe", order_id),
        debit_account_id=paid_from or account_id,
        credit_account_id=internal_account(fund.pool_account_code),
        amount_minor=amount_minor,
        kind="wealth.subscribe",
        booked_on=booked_on,
        currency=fund.currency,
        narrative=fund.name_zh,
    )
    holding = _holding_to_grow(account_id, parties.hold(party_id), fund)
    if _known("subscribe", order_id):
        return _replay("subscribe", order_id, transfer)
    if amount_minor < params.get("wealth.subscribe.min_minor", on=booked_on):
        raise Refused("wealth.below_minimum", _("The amount is below the smallest subscription."))
    post_one(transfer)
    Holding.objects.filter(id=holding.id).update(shares_minor=F("shares_minor") + amount_minor)
    return _record(holding, "subscribe", order_id, transfer, confirmed_on(booked_on))


@command(system=("market",))
@transaction.atomic
def redeem(
    order_id: UUID,
    account_id: UUID,
    amount_minor: int,
    booked_on: date,
    *,
    party_id: UUID,
    fund_code: str = SWEEP_FUND,
    paid_to: UUID | None = None,
) -> MovementView:
    """Take confirmed shares out at once (T+0), within the investor's limit of the day.

    Raises Refused `wealth.over_available` with `available_minor`, the exact amount that
    would go through; Conflict for a used order id; NotFound for a fund or holding.
    """
    fund = fund_of(fund_code)
    _check_amount(amount_minor)
    party_id = parties.hold(party_id)
    holdings = _locked_holdings(party_id, fund)
    holding = next((h for h in holdings if h.account_id == account_id), None)
    if holding is None:
        raise NotFound("wealth.no_holding", _("There is no holding of this fund to redeem."))
    transfer = TransferRequest(
        id=transfer_id(booked_on, "redeem", order_id),
        debit_account_id=internal_account(fund.pool_account_code),
        credit_account_id=paid_to or account_id,
        amount_minor=amount_minor,
        kind="wealth.redeem",
        booked_on=booked_on,
        currency=fund.currency,
        narrative=fund.name_zh,
    )
    if _known("redeem", order_id):
        return _replay("redeem", order_id, transfer)
    limit_minor = params.get("wealth.t0.redeem_max_minor", on=booked_on, scope=fund.code)
    available_minor = rules.redeemable_today(
        holding.shares_minor - _in_transit(holding, booked_on),
        _redeemed_on(party_id, fund, booked_on),
        limit_minor,
    )
    if amount_minor > available_minor:
        raise Refused(
            "wealth.over_available",
            _("At most %(available)s can be taken out today.")
            % {"available": money_text(available_minor, fund.currency)},
            remedy=_(
                "Shares in transit can be taken out after their confirmation; same-day "
                "redemption is limited to %(limit)s per fund and day."
            )
            % {"limit": money_text(limit_minor, fund.currency)},
            available_minor=available_minor,
            limit_minor=limit_minor,
        )
    post_one(transfer)
    Holding.objects.filter(id=holding.id).update(shares_minor=F("shares_minor") - amount_minor)
    return _record(holding, "redeem", order_id, transfer, booked_on)


@command(system=("market",))
@transaction.atomic
def cancel_subscription(
    order_id: UUID, booked_on: date, *, paid_to: UUID | None = None
) -> MovementView:
    """Give the money of an unconfirmed subscription back; the whole of it or nothing.

    Raises NotFound, and Refused when the shares are confirmed: then they are redeemed.
    """
    bought = _known("subscribe", order_id)
    if bought is None:
        raise NotFound("wealth.unknown_order", _("There is no subscription of this order."))
    holding = Holding.objects.select_for_update(no_key=True).get(id=bought.holding_id)
    fund = holding.fund
    transfer = TransferRequest(
        id=transfer_id(bought.booked_on, "cancel", order_id),
        debit_account_id=internal_account(fund.pool_account_code),
        credit_account_id=paid_to or holding.account_id,
        amount_minor=bought.amount_minor,
        kind="wealth.cancel",
        booked_on=booked_on,
        currency=fund.currency,
        narrative=fund.name_zh,
    )
    if done := _known("cancel", order_id):
        return _view(done)
    if bought.confirmed_on <= booked_on:
        raise Refused(
            "wealth.already_confirmed",
            _("These shares are confirmed and can't be cancelled any more."),
            remedy=_("Redeem them instead."),
        )
    post_one(transfer)
    Holding.objects.filter(id=holding.id).update(
        shares_minor=F("shares_minor") - bought.amount_minor
    )
    return _record(holding, "cancel", order_id, transfer, bought.confirmed_on)


def _check_amount(amount_minor: int) -> None:
    if type(amount_minor) is not int or amount_minor <= 0:
        raise InvalidInput(
            "wealth.bad_amount", _("An amount is a whole number of minor units above zero.")
        )


def _holding_to_grow(account_id: UUID, party_id: UUID, fund: Fund) -> Holding:
    """The locked holding, begun where there is none. Holdings lock before ledger accounts."""
    mine = Holding.objects.select_for_update(no_key=True).filter(account_id=account_id, fund=fund)
    holding = mine.first()
    if holding is None:
        Holding.objects.get_or_create(
            account_id=account_id, fund=fund, defaults={"party_id": party_id}
        )
        holding = mine.get()
    holding.fund = fund
    if holding.party_id != party_id:
        raise Conflict(
            "wealth.other_holder",
            _("The holding of this account belongs to another customer."),
        )
    return holding


def _locked_holdings(party_id: UUID, fund: Fund) -> list[Holding]:
    """All of the investor's holdings: the limit of the day is per person, not per account."""
    rows = Holding.objects.select_for_update(no_key=True).filter(party_id=party_id, fund=fund)
    return list(rows.order_by("id"))


def _in_transit(holding: Holding, on: date) -> int:
    rows = Movement.objects.filter(holding=holding, confirmed_on__gt=on)
    sums = {r["kind"]: r["total"] for r in rows.values("kind").annotate(total=Sum("amount_minor"))}
    return int(sums.get("subscribe", 0) - sums.get("cancel", 0))


def _redeemed_on(party_id: UUID, fund: Fund, on: date) -> int:
    rows = Movement.objects.filter(
        holding__party_id=party_id, holding__fund=fund, kind="redeem", booked_on=on
    )
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


def _known(kind: str, order_id: UUID) -> Movement | None:
    rows = Movement.objects.filter(kind=kind, order_id=order_id)
    return rows.select_related("holding__fund").first()


def _replay(kind: str, order_id: UUID, transfer: TransferRequest) -> MovementView:
    """What was done before; the ledger has the last word on whether it is the same."""
    known = _known(kind, order_id)
    if known is None or known.transfer_id != transfer.id:
        raise Conflict(
            "wealth.order_conflict",
            _("Order %(order)s was carried out with other content.") % {"order": order_id},
        )
    post_one(transfer)
    return _view(known)


def _record(
    holding: Holding, kind: str, order_id: UUID, transfer: TransferRequest, confirmed: date
) -> MovementView:
    movement = Movement.objects.create(
        holding=holding,
        kind=kind,
        order_id=order_id,
        amount_minor=transfer.amount_minor,
        booked_on=transfer.booked_on,
        confirmed_on=confirmed,
        transfer_id=transfer.id,
    )
    return _view(movement)


def _view(row: Movement) -> MovementView:
    return MovementView(
        order_id=row.order_id,
        kind=row.kind,
        account_id=row.holding.account_id,
        fund_code=row.holding.fund.code,
        amount_minor=row.amount_minor,
        booked_on=row.booked_on,
        confirmed_on=row.confirmed_on,
        transfer_id=row.transfer_id,
    )
