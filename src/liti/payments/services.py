"""Commands of the payments room: in and out by the bound card, and resolving the unknown.

No network call happens inside a database transaction: what is asked is written and
committed first, then sent, then what came back is written.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.accounts import services as account_rules
from liti.accounts.queries import paid_by
from liti.core.authority import Arguments, command
from liti.core.bulk import copy_rows
from liti.core.clock import business_date, now
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.ids import uuid7, uuid7_at
from liti.core.roles import roles
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.payments.clearing import NEVER_SEEN, ClearingHouse, HttpClearingHouse
from liti.payments.clearing import Answer as Answer
from liti.payments.clearing import Instruction as Instruction
from liti.payments.events import PAYMENT_FAILED, PAYMENT_SETTLED
from liti.payments.models import Payment, StandingOrder
from liti.payments.queries import PaymentView, payment, undecided_minor
from liti.payments.rules import OUTCOMES, PAYMENT_STATES, UNDECIDED, PaymentStatus
from liti.payments.whose import payer_of

RESOLVE_MAX = 500
SILENT_MAX = 5
ATTEMPTS_MAX = 32_767
KEY_MAX = 120
AMOUNT_MAX_MINOR = 10**15  # what the wire format carries with room to spare


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
    day_of_month: int = 1
    valid_from: date = date(1990, 1, 1)


def _holder_of_standing_order(arguments: Arguments) -> Collection[UUID]:
    order = StandingOrder.objects.filter(reference=arguments["reference"]).first()
    return accounts.holders([order.account_id]).values() if order else ()


@command(staff=roles("service_desk"), customer=paid_by("account_id"))
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


@command(staff=roles("service_desk"), customer=paid_by("account_id"))
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


@command(customer=paid_by("account_id"))
def review(direction: str, account_id: UUID, card_id: UUID, amount_minor: int) -> None:
    """Whether a payment (`in` or `out`) would be begun now: raises what it would raise, and
    leaves nothing behind."""
    with transaction.atomic():
        _begin(direction, account_id, card_id, amount_minor, f"review {uuid7()}")
        transaction.set_rollback(True)


@command(staff=roles("service_desk", "finance_officer"), customer=payer_of, system=("payments",))
def resolve(payment_id: UUID, *, house: ClearingHouse | None = None) -> PaymentView:
    """Ask the clearing house about an undecided payment; nothing is guessed.

    What the house has never seen is sent again: the id makes it one payment, whereas
    failing it would pay twice if the first sending still arrives.
    """
    row = Payment.objects.filter(id=payment_id).first()
    if row is None:
        raise NotFound("payments.unknown_payment", _("There is no such payment."))
    asked = house or HttpClearingHouse()
    if row.status == PaymentStatus.INITIATED:  # stopped before it was sent
        return _send(row, asked)
    if row.status in (PaymentStatus.SENT, PaymentStatus.UNKNOWN):
        answer = asked.query(row.id)
        if answer == NEVER_SEEN:
            return _send(row, asked)
        _settle(row.id, answer)
    return payment(payment_id)


@command(staff=roles("finance_officer"), system=("payments", "day"))
def resolve_undecided(*, house: ClearingHouse | None = None) -> int:
    """Ask about payments that are undecided, the least asked first; how many were decided.

    Stops when the house is silent several times in a row: it is out, and the next round
    comes in a minute. Several may run at once: each leaves out what another asks about.
    """
    undecided = Payment.objects.filter(status__in=UNDECIDED).order_by("attempts", "id")
    decided = silent = 0
    for payment_id in list(undecided.values_list("id", flat=True)[:RESOLVE_MAX]):
        with _asked_by_us(payment_id) as ours:
            if not ours:
                continue
            found = resolve(payment_id, house=house)
        decided += found.status not in UNDECIDED
        silent = silent + 1 if found.status in UNDECIDED and not found.reason_code else 0
        if silent >= SILENT_MAX:
            break
    return decided


@command(system=("payments", "day"))
@transaction.atomic
def begin_return(account_id: UUID, card_id: UUID, amount_minor: int, key: str) -> PaymentView:
    """Begin a withdrawal to the bound card inside a step of the day: the money leaves the account
    for clearing with the step, and is sent by the next `resolve_undecided`. Raises as `withdraw`.
    """
    row, _created = _begin("out", account_id, card_id, amount_minor, key)
    return payment(row.id)


@command(system=("demo",))
@transaction.atomic
def import_standing_orders(orders: Sequence[NewStandingOrder]) -> int:
    """Put standing orders on file in bulk; those there already stay."""
    return copy_rows(
        "payments_standingorder",
        ["id", "reference", "account_id", "bank_to", "account_to", "amount_minor", "kind",
         "origin", "day_of_month", "valid_from"],
        (
            (o.id, o.reference, o.account_id, o.bank_to, o.account_to, o.amount_minor, o.kind,
             o.origin, o.day_of_month, o.valid_from)
            for o in orders
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip


@command(
    staff=roles("service_desk", "relationship_manager", "operation_head"),
    customer=_holder_of_standing_order,
    system=("payments",),
)
@transaction.atomic
def end_standing_order(reference: str) -> None:
    """Pay no more from the business date on; what has ended stays so. Raises NotFound."""
    rows = StandingOrder.objects.select_for_update().filter(reference=reference)
    order = rows.first()
    if order is None:
        raise NotFound(
            "payments.unknown_standing_order",
            _("There is no standing order %(reference)s.") % {"reference": reference},
        )
    rows.filter(ended_on=None).update(ended_on=business_date())


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


# durable: what is asked is committed before it is sent, also when somebody calls this from
# inside a transaction of his own (that is refused).
@transaction.atomic(durable=True)
def _initiate(
    direction: str, account_id: UUID, card_id: UUID, amount_minor: int, key: str
) -> tuple[Payment, bool]:
    return _begin(direction, account_id, card_id, amount_minor, key)


def _begin(
    direction: str, account_id: UUID, card_id: UUID, amount_minor: int, key: str
) -> tuple[Payment, bool]:
    _check_request(amount_minor, key)
    _one_at_a_time(account_id)
    account_rules.hold_open([account_id])
    content = {"direction": direction, "card_id": card_id, "amount_minor": amount_minor}
    if known := Payment.objects.filter(account_id=account_id, key=key).first():
        if any(getattr(known, name) != value for name, value in content.items()):
            raise Conflict(
                "payments.key_reused",
                _("Key %(key)s was used before for another payment.") % {"key": key},
                remedy=_("Use a new key for a new payment."),
            )
        return known, False
    card = accounts.bound_card(card_id)
    if card.account_id != account_id or card.status != "active":
        raise Refused(
            "payments.card_not_usable",
            _("This card is not bound to the account, or not active."),
            remedy=_("Choose a card that is bound."),
        )
    held = accounts.account(account_id)
    # What is under way may still arrive or come back, so it counts as held.
    expected = held.balance_minor + undecided_minor(account_id)
    account_rules.require_permitted(
        account_id, account_rules.Movement(direction, amount_minor, True, expected)
    )
    row = Payment.objects.create(
        account_id=account_id,
        key=key,
        currency=held.currency,
        booked_on=business_date(),
        **content,
    )
    if direction == "out":
        ledger.post_one(_leg(row, "out"))
    return row, True


def _check_request(amount_minor: int, key: str) -> None:
    if type(amount_minor) is not int or not 0 < amount_minor <= AMOUNT_MAX_MINOR:
        raise InvalidInput(
            "payments.bad_amount",
            _("The amount must be above zero and no more than a payment can carry."),
            remedy=_("Enter what you want to move."),
        )
    if not 0 < len(key) <= KEY_MAX or not key.isprintable():
        raise InvalidInput(
            "payments.bad_key",
            _("A payment's key has 1 to %(max)d printable characters.") % {"max": KEY_MAX},
        )


def _one_at_a_time(account_id: UUID) -> None:
    """Until the transaction ends nobody else begins a payment of this account."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"payments {account_id}"]
        )


@contextmanager
def _asked_by_us(payment_id: UUID) -> Iterator[bool]:
    """Whether nobody else asks about the payment now. A lock of the session, for the asking
    goes over the network, outside every transaction; it ends with the connection too, so that
    a worker that dies frees what it asked about."""
    name = [f"payments.resolve {payment_id}"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(hashtextextended(%s, 0))", name)
        [ours] = cursor.fetchone()
    try:
        yield ours
    finally:
        if ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", name)


def _send(row: Payment, house: ClearingHouse) -> PaymentView:
    card = accounts.bound_card(row.card_id)
    Payment.objects.filter(id=row.id, status=PaymentStatus.INITIATED).update(
        status=PaymentStatus.SENT
    )
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
            issuer=card.issuer,
        )
    )
    _settle(row.id, answer)
    return payment(row.id)


@transaction.atomic(durable=True)
def _settle(payment_id: UUID, answer: Answer) -> None:
    """Write what the clearing house said; saying it twice changes nothing."""
    row = Payment.objects.select_for_update().get(id=payment_id)
    if row.status not in UNDECIDED:
        return
    outcome = OUTCOMES.get(answer.status, PaymentStatus.UNKNOWN)
    row.attempts = min(row.attempts + 1, ATTEMPTS_MAX)
    if row.status != outcome:
        PAYMENT_STATES.require(row.status, outcome)
    row.status = outcome
    row.reason_code = (
        "" if outcome == PaymentStatus.SETTLED else (answer.reason or answer.status)[:10]
    )
    row.clearing_reference = answer.reference[:40] or row.clearing_reference
    if outcome == PaymentStatus.UNKNOWN:
        row.save()
        return
    row.decided_at = now()
    row.save()
    if outcome == PaymentStatus.SETTLED and row.direction == "in":
        _credit(row, "in")
    if outcome == PaymentStatus.FAILED and row.direction == "out":
        _credit(row, "back")
    name = PAYMENT_SETTLED if outcome == PaymentStatus.SETTLED else PAYMENT_FAILED
    emit(name, str(row.id), {"account_id": str(row.account_id), "reason": row.reason_code})


def _credit(row: Payment, leg: str) -> None:
    """Give the account its money; where it can't take it, the money waits in suspense.

    The clearing house has decided, so the payment is decided: an account that was frozen
    or closed meanwhile must not keep the bank from writing what happened.
    """
    request = _leg(row, leg)
    if ledger.post([request])[0].ok:
        return
    ledger.post_one(
        replace(
            request,
            id=uuid7_at(row.initiated_at, "payments.suspense", row.id),
            credit_account_id=ledger_queries.internal_account("suspense"),
            kind="payment_suspended",
            narrative=f"{request.kind} {row.account_id}",
        )
    )


def _leg(row: Payment, leg: str) -> ledger.TransferRequest:
    clearing = ledger_queries.internal_account("clearing.house")
    out = leg == "out"
    return ledger.TransferRequest(
        id=row.id if leg != "back" else uuid7_at(row.initiated_at, "payments.back", row.id),
        debit_account_id=row.account_id if out else clearing,
        credit_account_id=clearing if out else row.account_id,
        amount_minor=row.amount_minor,
        kind={"out": "withdrawal", "in": "top_up", "back": "withdrawal_returned"}[leg],
        booked_on=business_date(),
        currency=row.currency,
    )
