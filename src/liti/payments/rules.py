"""A payment's life. A time-out is an unknown outcome, never a failure."""

from __future__ import annotations

from enum import StrEnum

from liti.core.states import StateMachine


class PaymentStatus(StrEnum):
    """Where a payment stands."""

    INITIATED = "initiated"
    SENT = "sent"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    FAILED = "failed"


PAYMENT_STATES = StateMachine(
    "payments.payment",
    {
        "initiated": ("sent", "failed"),
        "sent": ("settled", "failed", "unknown"),
        "unknown": ("settled", "failed"),
        "settled": (),
        "failed": (),
    },
)
# Answers of the clearing house (ISO 20022 external status codes) and what they mean here.
OUTCOMES = {
    "ACSC": PaymentStatus.SETTLED,
    "ACCC": PaymentStatus.SETTLED,
    "RJCT": PaymentStatus.FAILED,
    "PDNG": PaymentStatus.UNKNOWN,
}
