"""A payment's life. A time-out is an unknown outcome, never a failure."""

from __future__ import annotations

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
