"""An account as posting sees it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from liti.core.money import BIGINT_MAX
from liti.core.states import StateMachine


class Side(StrEnum):
    """The two sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"


class Status(StrEnum):
    """What may happen on an account. CLOSING lets money leave and none come in."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSING = "closing"
    CLOSED = "closed"


ACCOUNT_STATES = StateMachine(
    "ledger.account",
    {
        "open": ("frozen", "closing", "closed"),
        "frozen": ("open",),
        "closing": ("open", "frozen", "closed"),
        "closed": (),
    },
)


@dataclass(slots=True)
class Position:
    """An account while a batch is decided. Amounts in minor units.

    `floor_minor` and `ceiling_minor` bound the balance in the normal direction; what is held
    counts against both on the side where it would move the money. `limited` names the class
    of limits that is consumed (0: none).
    """

    id: UUID
    number: int
    currency: str
    credit_normal: bool
    status: str = Status.OPEN
    floor_minor: int | None = None
    ceiling_minor: int | None = None
    debits_minor: int = 0
    credits_minor: int = 0
    held_debits_minor: int = 0
    held_credits_minor: int = 0
    no_debit: bool = False
    no_credit: bool = False
    limited: int = 0

    @property
    def balance_minor(self) -> int:
        difference = self.credits_minor - self.debits_minor
        return difference if self.credit_normal else -difference

    @property
    def outgoing_minor(self) -> int:
        """What is held to leave: it counts as gone."""
        return self.held_debits_minor if self.credit_normal else self.held_credits_minor

    @property
    def incoming_minor(self) -> int:
        """What is held to come: it fills the ceiling, and can't be spent."""
        return self.held_credits_minor if self.credit_normal else self.held_debits_minor

    def may_leave(self) -> int | None:
        """How much may leave: down to the floor, less what is held; None without a floor."""
        if self.floor_minor is None:
            return None
        return self.balance_minor - self.outgoing_minor - self.floor_minor

    def may_come(self) -> int | None:
        """How much may come: up to the ceiling, less what is held; None without a ceiling."""
        if self.ceiling_minor is None:
            return None
        return self.ceiling_minor - self.balance_minor - self.incoming_minor

    def bears(self, *, leaves: bool) -> int:
        """How much can leave, down to the floor or without one to zero; or come."""
        if leaves:
            most = self.may_leave()
            return self.balance_minor - self.outgoing_minor if most is None else most
        most = self.may_come()
        return BIGINT_MAX if most is None else most

    def copy(self) -> Position:
        """As it stands now, to go back to."""
        return Position(*(getattr(self, name) for name in self.__slots__))

    def restore(self, earlier: Position) -> None:
        """Go back to a copy."""
        for name in self.__slots__:
            setattr(self, name, getattr(earlier, name))
