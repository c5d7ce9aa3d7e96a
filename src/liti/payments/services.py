"""Commands of the payments room: in and out by the bound card, and resolving the unknown.

No network call happens inside a database transaction: what is asked is written and
committed first, then sent, then what came back is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.accounts import services as account_rules
from liti.core.bulk import copy_rows
from liti.core.clock import business_date, now
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.payments.clearing import Answer, ClearingHouse, HttpClearingHouse, Instruction
from liti.payments.events import PAYMENT_FAILED, PAYMENT_SETTLED
from liti.payments.models import Payment
from liti.payments.queries import PaymentView, payment
from liti.payments.rules import OUTCOMES, PAYMENT_STATES, PaymentStatus

RESOLVE_MAX = 500


@dataclass(frozen=True, slots=True)
class NewStandingOrder:
    """A standing order that is on file; the amount in minor units."""

    id: UUID
    reference: str
    account_id: UUID
    bank_to: str
    account_to: str
    amount_minor: int
    kind: str
    origin: str = "live"


def withdraw(
    account_id: UUID,
    card_id: UUID,
    amount_minor: int,
    key: str,
    *,
    house: ClearingHouse | None = None,
) -> PaymentView:
    """Pay out to the bound card. The money leaves the account at once, for clearing.

    The same key with the same content returns the payment; with other content it raises
    Conflict. Raises Refused when the account does not hold enough or may not pay.
    """
    return _pay("out", account_id, card_id, amount_minor, key, house)


def top_up(
    account_id: UUID,
    card_id: UUID,
    amount_minor: int,
    key: str,
    *,
    house: ClearingHouse | None = None,
) -> PaymentView:
    """Collect from the bound card. The account is credited when the clearing house says so."""
    return _pay("in", account_id, card_id, amount_minor, key, house)


def resolve(payment_id: UUID, *, house: ClearingHouse | None = None) -> PaymentView:
    """Ask the clearing house about an undecided payment; nothing is guessed."""
    row = Payment.objects.filter(id=payment_id).first()
    if row is None:
        raise NotFound("payments.unknown_payment", _("There is no such payment."))
    if row.status == PaymentStatus.INITIATED:  # stopped before it was sent
        return _send(row, house or HttpClearingHouse())
    if row.status in (PaymentStatus.SENT, PaymentStatus.UNKNOWN):
        _settle(row.id, (house or HttpClearingHouse()).query(row.id))
    return payment(payment_id)


def resolve_undecided(*, house: ClearingHouse | None = None) -> int:
    """Ask about all payments that are undecided; returns how many were decided."""
    undecided = Payment.objects.exclude(status__in=["settled", "failed"]).order_by("id")
    ids = list(undecided.values_list("id", flat=True)[:RESOLVE_MAX])
    found = [resolve(payment_id, house=house).status for payment_id in ids]
    return sum(status in ("settled", "failed") for status in found)


@transaction.atomic
def import_standing_orders(orders: Sequence[NewStandingOrder]) -> int:
    """Put standing orders on file in bulk; those there already stay."""
    return copy_rows(
        "payments_standingorder",
        ["id", "reference", "account_id", "bank_to", "account_to", "amount_minor", "kind",
         "origin"],
        (
            (o.id, o.reference, o.account_id, o.bank_to, o.account_to, o.amount_minor, o.kind,
             o.origin)
            for o in orders
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip


def _pay(
    direction: str,
    account_id: UUID,
    card_id: UUID,
    amount_minor: int,
    key: str,
    house: ClearingHouse | None,
) -> PaymentView:
    row, created = _initiate(direction, account_id, card_id, amount_minor, key)
    if created:
        return _send(row, house or HttpClearingHouse())
    return payment(row.id)


@transaction.atomic
def _initiate(
    direction: str, account_id: UUID, card_id: UUID, amount_minor: int, key: str
) -> tuple[Payment, bool]:
    if amount_minor <= 0:
        raise InvalidInput(
            "payments.bad_amount",
            _("The amount must be above zero."),
            remedy=_("Enter what you want to move."),
        )
    card = accounts.bound_card(card_id)
    if card.account_id != account_id or card.status != "active":
        raise Refused(
            "payments.card_not_usable",
            _("This card is not bound to the account, or not active."),
            remedy=_("Choose a card that is bound."),
        )
    content = {
        "direction": direction,
        "card_id": card_id,
        "amount_minor": amount_minor,
    }
    row, created = Payment.objects.get_or_create(
        account_id=account_id, key=key, defaults={**content, "booked_on": business_date()}
    )
    if not created:
        if any(getattr(row, name) != value for name, value in content.items()):
            raise Conflict(
                "payments.key_reused",
                _("Key %(key)s was used before for another payment.") % {"key": key},
                remedy=_("Use a new key for a new payment."),
            )
        return row, False
    held = accounts.account(account_id)
    account_rules.require_permitted(
        account_id, account_rules.Movement(direction, amount_minor, True, held.balance_minor)
    )
    if direction == "out":
        ledger.post_one(_leg(row, "out"))
    return row, True


def _send(row: Payment, house: ClearingHouse) -> PaymentView:
    card = accounts.bound_card(row.card_id)
    Payment.objects.filter(id=row.id, status="initiated").update(status="sent", attempts=1)
    answer = house.submit(
        Instruction(
            id=row.id,
            direction=row.direction,
            amount_minor=row.amount_minor,
            currency=row.currency,
            card_token=card.id.hex,
            card_tail=card.pan_masked[-4:],
            holder_name=card.holder_name,
            created_at=now(),
        )
    )
    _settle(row.id, answer)
    return payment(row.id)


@transaction.atomic
def _settle(payment_id: UUID, answer: Answer) -> None:
    """Write what the clearing house said; saying it twice changes nothing."""
    row = Payment.objects.select_for_update().get(id=payment_id)
    outcome = OUTCOMES.get(answer.status, PaymentStatus.UNKNOWN)
    if row.status in ("settled", "failed") or row.status == outcome:
        return
    PAYMENT_STATES.require(row.status, outcome)
    row.status = outcome
    row.reason_code, row.clearing_reference = answer.reason[:10], answer.reference[:40]
    if outcome != PaymentStatus.UNKNOWN:
        row.decided_at = now()
    row.save()
    if outcome == PaymentStatus.SETTLED and row.direction == "in":
        ledger.post_one(_leg(row, "in"))
    if outcome == PaymentStatus.FAILED and row.direction == "out":
        ledger.post_one(_leg(row, "back"))
    if outcome != PaymentStatus.UNKNOWN:
        name = PAYMENT_SETTLED if outcome == PaymentStatus.SETTLED else PAYMENT_FAILED
        emit(name, str(row.id), {"account_id": str(row.account_id), "reason": row.reason_code})


def _leg(row: Payment, leg: str) -> ledger.TransferRequest:
    clearing = ledger_queries.internal_account("clearing.house")
    out = leg == "out"
    return ledger.TransferRequest(
        id=row.id if leg != "back" else uuid5(row.id, "back"),
        debit_account_id=row.account_id if out else clearing,
        credit_account_id=clearing if out else row.account_id,
        amount_minor=row.amount_minor,
        kind={"out": "withdrawal", "in": "top_up", "back": "withdrawal_returned"}[leg],
        booked_on=business_date(),
        currency=row.currency,
    )
