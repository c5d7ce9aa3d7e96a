"""Money that is set apart: reserved, settled in parts, let go."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from liti.core.states import StateMachine


class HoldStatus(StrEnum):
    """Where a hold stands. RELEASED and EXPIRED let go what was not settled."""

    PENDING = "pending"
    SETTLED = "settled"
    RELEASED = "released"
    EXPIRED = "expired"


HOLD_STATES = StateMachine(
    "ledger.hold",
    {
        "pending": ("settled", "released", "expired"),
        "settled": (),
        "released": (),
        "expired": (),
    },
)


@dataclass(slots=True)
class HoldState:
    """A hold while a batch is decided. Amounts in minor units."""

    id: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount_minor: int
    settled_minor: int
    status: str
    expires_at: datetime | None
    booked_on: date
    kind: str
    counterparty: str = ""

    @property
    def left_minor(self) -> int:
        """What is still held."""
        return self.amount_minor - self.settled_minor if self.status == HoldStatus.PENDING else 0
