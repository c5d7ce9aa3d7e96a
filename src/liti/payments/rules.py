"""A payment's life. A time-out is an unknown outcome, never a failure."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from liti.core.states import StateMachine


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    INITIATED = "initiated"  # written here, not sent yet
    SENT = "sent"  # on its way, or stopped while it was
    UNKNOWN = "unknown"  # asked, and nobody could say
    SETTLED = "settled"  # the clearing house has moved the money
    FAILED = "failed"  # the clearing house has refused


PAYMENT_STATES = StateMachine(
    "payments.payment",
    {
        "initiated": ("sent",),
        "sent": ("settled", "failed", "unknown"),
        "unknown": ("settled", "failed"),
        "settled": (),
        "failed": (),
    },
)
UNDECIDED = (PaymentStatus.INITIATED, PaymentStatus.SENT, PaymentStatus.UNKNOWN)
# Answers of the clearing house (ISO 20022 external status codes) and what they mean here.
OUTCOMES = {
    "ACSC": PaymentStatus.SETTLED,
    "ACCC": PaymentStatus.SETTLED,
    "RJCT": PaymentStatus.FAILED,
    "PDNG": PaymentStatus.UNKNOWN,
}


class DueState(StrEnum):
    """What became of a due date of a standing order."""

    WAITING = "waiting"  # not paid yet; tried again on the next days
    PAID = "paid"  # the money has left for the other bank
    SKIPPED = "skipped"  # the days of trying are over


DUE_STATES = StateMachine(
    "payments.due", {"waiting": ("paid", "skipped"), "paid": (), "skipped": ()}
)


def gives_up(due_on: date, on: date, retry_days: int) -> bool:
    """Whether a due date that could not be paid is not tried on later days."""
    return (on - due_on).days >= retry_days
