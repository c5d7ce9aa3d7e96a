"""Reads of the payments room."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from liti.accounts.queries import held_by
from liti.core.authority import BATCHES, open_to_all, query
from liti.core.errors import NotFound
from liti.core.ids import reference, reference_in, whole_id
from liti.core.lookups import searched
from liti.core.roles import LEDGER, SERVICE
from liti.payments.models import Payment, StandingOrder, StandingOrderDue
from liti.payments.rules import UNDECIDED
from liti.payments.whose import payer_of

WHOLE_MIN = 5  # shorter, and it is no whole reference


@dataclass(frozen=True, slots=True)
class PaymentView:
    """A payment; the amount in minor units."""

    id: UUID
    direction: str
    account_id: UUID
    card_id: UUID
    amount_minor: int
    currency: str
    status: str
    reason_code: str
    clearing_reference: str
    booked_on: date
    initiated_at: datetime
    decided_at: datetime | None

    @property
    def number(self) -> str:
        """What the customer and staff call it by."""
        return reference("P", self.booked_on, self.id)


@dataclass(frozen=True, slots=True)
class StandingOrderView:
    """A standing order."""

    reference: str
    account_id: UUID
    bank_to: str
    account_to: str
    amount_minor: int
    kind: str


@dataclass(frozen=True, slots=True)
class DueView:
    """One due date of a standing order; `reason`: the ledger's code of the last refusal."""

    reference: str
    due_on: date
    amount_minor: int
    state: str
    attempts: int
    tried_on: date | None
    reason: str


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def dues_of(account_id: UUID, limit: int = 50) -> list[DueView]:
    """What became of an account's standing orders, newest first."""
    rows = StandingOrderDue.objects.filter(order__account_id=account_id).select_related("order")
    return [
        DueView(
            r.order.reference, r.due_on, r.order.amount_minor, r.state, r.attempts, r.tried_on,
            r.reason,
        )
        for r in rows.order_by("-due_on", "order__reference")[: min(limit, 500)]
    ]  # fmt: skip


@query(staff=LEDGER, system=BATCHES)
def standing_orders_on(on: date) -> dict[str, int]:
    """Figures of a day: due dates paid and skipped on it, and what was paid in minor units."""
    tried = StandingOrderDue.objects.filter(tried_on=on)
    paid = tried.filter(state="paid").aggregate(n=Count("*"), minor=Sum("order__amount_minor"))
    return {
        "payments.standing_paid": paid["n"],
        "payments.standing_paid_minor": int(paid["minor"] or 0),
        "payments.standing_skipped": tried.filter(state="skipped").count(),
    }


@query(staff=SERVICE | LEDGER, customer=payer_of, system=BATCHES)
def payment(payment_id: UUID) -> PaymentView:
    """One payment. Raises NotFound."""
    row = Payment.objects.filter(id=payment_id).first()
    if row is None:
        raise NotFound("payments.unknown_payment", _("There is no such payment."))
    return _view(row)


@query(staff=SERVICE | LEDGER, system=BATCHES)
def find(text: str, limit: int = 20) -> list[PaymentView]:
    """Payments by the receipt's whole reference, their whole id or that of the clearing house;
    logged where the text can be one. Raises TooMany."""
    wanted, key, said = text.strip(), whole_id(text), reference_in("P", text)
    if len(wanted) < WHOLE_MIN or not any(map(str.isdigit, wanted)):
        return []
    searched("payment", wanted)
    if said:
        on, digits = said
        ids = Payment.objects.filter(booked_on=on).values_list("id", flat=True).iterator()
        rows = Payment.objects.filter(id__in=[i for i in ids if i.int % 10**12 == digits])
    elif key:
        rows = Payment.objects.filter(id=key)
    else:
        rows = Payment.objects.filter(clearing_reference=wanted)
    return [_view(r) for r in rows.order_by("-id")[:limit]]


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def payment_by_key(account_id: UUID, key: str) -> PaymentView | None:
    """The payment of an account that was asked for under a key, if there is one."""
    row = Payment.objects.filter(account_id=account_id, key=key).first()
    return _view(row) if row else None


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def payments_of(account_id: UUID, limit: int = 50) -> list[PaymentView]:
    """Payments of an account, newest first."""
    rows = Payment.objects.filter(account_id=account_id).order_by("-id")[:limit]
    return [_view(r) for r in rows]


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def in_flight_minor(account_id: UUID) -> int:
    """What has left the account for clearing and is not decided yet, in minor units."""
    return undecided_minor(account_id, "out")


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def undecided_minor(account_id: UUID, direction: str = "") -> int:
    """Payments that are not decided yet, of one direction or of both, in minor units."""
    rows = Payment.objects.filter(account_id=account_id, status__in=UNDECIDED)
    if direction:
        rows = rows.filter(direction=direction)
    return int(rows.aggregate(total=Sum("amount_minor"))["total"] or 0)


@query(staff=SERVICE | LEDGER, system=BATCHES)
def undecided(limit: int = 50) -> list[PaymentView]:
    """Payments that wait for the clearing house's word, oldest first."""
    rows = Payment.objects.filter(status__in=UNDECIDED).order_by("id")[:limit]
    return [_view(r) for r in rows]


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"), system=BATCHES)
def standing_orders_of(account_id: UUID) -> list[StandingOrderView]:
    """Standing orders of an account that have not ended."""
    rows = StandingOrder.objects.filter(account_id=account_id, ended_on=None).order_by("reference")
    return [
        StandingOrderView(
            r.reference, r.account_id, r.bank_to, r.account_to, r.amount_minor, r.kind
        )
        for r in rows
    ]


@open_to_all("a number of the whole bank")
def standing_order_count() -> int:
    """Standing orders that have not ended."""
    return StandingOrder.objects.filter(ended_on=None).count()


def _view(row: Payment) -> PaymentView:
    return PaymentView(
        id=row.id,
        direction=row.direction,
        account_id=row.account_id,
        card_id=row.card_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        status=row.status,
        reason_code=row.reason_code,
        clearing_reference=row.clearing_reference,
        booked_on=row.booked_on,
        initiated_at=row.initiated_at,
        decided_at=row.decided_at,
    )
