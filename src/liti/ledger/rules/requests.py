"""What may be asked of the ledger, and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

NIL = UUID(int=0)
Content = tuple[object, ...]


class Phase(StrEnum):
    """What a request does: move money now, set it apart, move what is set apart, let it go."""

    NOW = ""
    RESERVE = "reserve"
    SETTLE = "settle"
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """A transfer to post. `id` is the idempotency key (UUIDv7); amounts in minor units.

    `booked_on` is the business date, `value_on` the value date (default: the same). `dated`
    False says that the caller named no date and got the day's: a retry on the next day is
    then still the same request.

    `linked`: all or none together with the request after it in the batch. `up_to` "debit",
    "credit" or "both" moves as much of the amount as the named side can bear. `reverses`
    names the transfer that this one takes back, in whole or in part: its accounts are those
    of the original, the other way round. `counterparty` says what class the other side is of,
    for limits that tell them apart.

    `phase` "reserve" holds the money until `expires_at`; "settle" moves the amount of
    `hold_id` (`final`: and lets the rest go), "release" lets all that is left go. Settling
    and releasing may leave the accounts nil: they are the hold's.
    """

    id: UUID
    debit_account_id: UUID
    credit_account_id: UUID
    amount_minor: int
    kind: str
    booked_on: date
    currency: str = "CNY"
    value_on: date | None = None
    narrative: str = ""
    origin: str = "live"
    dated: bool = True
    linked: bool = False
    up_to: str = ""
    reverses: UUID | None = None
    counterparty: str = ""
    phase: str = ""
    hold_id: UUID | None = None
    final: bool = False
    expires_at: datetime | None = None

    @property
    def plain(self) -> bool:
        """Whether it is an ordinary transfer, which nothing else hangs on."""
        return not (self.linked or self.up_to or self.reverses or self.phase or self.hold_id)

    def content(self) -> Content:
        """What must be equal when the same id comes again."""
        if self.phase == Phase.RELEASE:
            return (self.phase, self.hold_id)
        return (
            self.phase,
            self.hold_id,
            self.debit_account_id,
            self.credit_account_id,
            self.amount_minor,
            self.kind,
            self.booked_on,
            self.currency,
            self.value_on or self.booked_on,
            self.narrative,
            self.origin,
            self.up_to,
            self.reverses,
            self.counterparty,
            self.final,
            self.expires_at,
        )

    def repeats(self, earlier: Content) -> bool:
        """Whether this asks for what `earlier`, the content of a request, did."""
        mine = list(self.content())
        if len(mine) == len(earlier) and len(mine) > _VALUE_ON:
            if not self.dated:
                mine[_BOOKED_ON] = earlier[_BOOKED_ON]
                mine[_VALUE_ON] = self.value_on or earlier[_BOOKED_ON]
            for side in (_DEBIT, _CREDIT):
                if mine[side] == NIL and self.phase == Phase.SETTLE:
                    mine[side] = earlier[side]
        return tuple(mine) == earlier


# Where these stand in a request's content.
_DEBIT, _CREDIT, _BOOKED_ON, _VALUE_ON = 2, 3, 6, 8


@dataclass(slots=True)
class TransferResult:
    """What became of a request: posted, replayed (was there already) or refused with a code.

    `amount_minor`: what was moved or held, where it was granted. `detail` names the limit
    that was exceeded.
    """

    id: UUID
    status: str
    code: str | None = None
    account_id: UUID | None = None
    amount_minor: int | None = None
    detail: str = ""

    @property
    def ok(self) -> bool:
        return self.status != "refused"
