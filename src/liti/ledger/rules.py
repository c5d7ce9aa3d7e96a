"""The arithmetic of double entry: pure, exact, in the order given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from liti.core.money import BIGINT_MAX
from liti.core.states import StateMachine


class Side(StrEnum):
    """The two sides of an account."""

    DEBIT = "debit"
    CREDIT = "credit"


class Status(StrEnum):
    """What may happen on an account."""

    OPEN = "open"
    FROZEN = "frozen"
    CLOSED = "closed"


ACCOUNT_STATES = StateMachine(
    "ledger.account", {"open": ("frozen", "closed"), "frozen": ("open",), "closed": ()}
)


class Code(StrEnum):
    """Why a transfer was refused. Stable: clients depend on them."""

    INVALID_AMOUNT = "invalid_amount"
    SAME_ACCOUNT = "same_account"
    UNKNOWN_ACCOUNT = "unknown_account"
    ACCOUNT_CLOSED = "account_closed"
    CURRENCY_MISMATCH = "currency_mismatch"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    BALANCE_TOO_LARGE = "balance_too_large"
    BOOKED_OUTSIDE = "booked_outside"
    ID_CONFLICT = "id_conflict"
    LINKED_REFUSED = "linked_refused"


@dataclass(frozen=True, slots=True)
class TransferRequest:
    """A transfer to post. `id` is the idempotency key (UUIDv7); amounts in minor units.

    `booked_on` is the business date, `value_on` the value date (default: the same). `dated`
    False says that the caller named no date and got the day's: a retry on the next day is
    then still the same request.
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

    def content(self) -> tuple[object, ...]:
        """What must be equal when the same id comes again."""
        return (
            self.debit_account_id,
            self.credit_account_id,
            self.amount_minor,
            self.kind,
            self.booked_on,
            self.currency,
            self.value_on or self.booked_on,
            self.narrative,
            self.origin,
        )

    def repeats(self, earlier: tuple[object, ...]) -> bool:
        """Whether this asks for what `earlier`, the content of a request, did."""
        mine = self.content()
        if self.dated:
            return mine == earlier
        booked_on = earlier[_BOOKED_ON]
        content = list(mine)
        content[_BOOKED_ON], content[_VALUE_ON] = booked_on, self.value_on or booked_on
        return tuple(content) == earlier


# Where the dates stand in a request's content.
_BOOKED_ON, _VALUE_ON = 4, 6


@dataclass(frozen=True, slots=True)
class TransferResult:
    """What became of a request: posted, replayed (was there already) or refused with a code."""

    id: UUID
    status: str
    code: str | None = None
    account_id: UUID | None = None

    @property
    def ok(self) -> bool:
        return self.status != "refused"


@dataclass(slots=True)
class Position:
    """An account while a batch is applied."""

    id: UUID
    currency: str
    credit_normal: bool
    status: str
    floor_minor: int | None
    debits_minor: int
    credits_minor: int
    entry_count: int
    touched: bool = False

    @property
    def balance_minor(self) -> int:
        difference = self.credits_minor - self.debits_minor
        return difference if self.credit_normal else -difference


@dataclass(frozen=True, slots=True)
class Booking:
    """A request that was accepted, with what it left on both accounts."""

    request: TransferRequest
    debit_seq: int
    debit_change_minor: int
    debit_balance_minor: int
    credit_seq: int
    credit_change_minor: int
    credit_balance_minor: int


@dataclass(frozen=True, slots=True)
class Window:
    """The days that postings may be booked on, and how far their value date may lie off."""

    first: date
    last: date
    value_days: int

    def holds(self, request: TransferRequest) -> bool:
        """Whether both dates of a request lie within."""
        booked_on, value_on = request.booked_on, request.value_on
        if not _is_day(booked_on) or not self.first <= booked_on <= self.last:
            return False
        if value_on is None:
            return True
        return _is_day(value_on) and abs((value_on - booked_on).days) <= self.value_days


def _is_day(value: object) -> bool:
    return isinstance(value, date) and not isinstance(value, datetime)


def refusal(
    request: TransferRequest,
    debit: Position | None,
    credit: Position | None,
    window: Window | None = None,
) -> tuple[Code, UUID | None] | None:
    """Why the transfer can't be posted on these positions, and on which account; None if it can."""
    amount = request.amount_minor
    if type(amount) is not int or not 0 < amount <= BIGINT_MAX:
        return Code.INVALID_AMOUNT, None
    if window is not None and not window.holds(request):
        return Code.BOOKED_OUTSIDE, None
    if request.debit_account_id == request.credit_account_id:
        return Code.SAME_ACCOUNT, request.debit_account_id
    if debit is None:
        return Code.UNKNOWN_ACCOUNT, request.debit_account_id
    if credit is None:
        return Code.UNKNOWN_ACCOUNT, request.credit_account_id
    for position in (debit, credit):
        if position.status != Status.OPEN:
            return Code.ACCOUNT_CLOSED, position.id
        if position.currency != request.currency:
            return Code.CURRENCY_MISMATCH, position.id
    if debit.debits_minor + amount > BIGINT_MAX:
        return Code.BALANCE_TOO_LARGE, debit.id
    if credit.credits_minor + amount > BIGINT_MAX:
        return Code.BALANCE_TOO_LARGE, credit.id
    for position, falls in ((debit, debit.credit_normal), (credit, not credit.credit_normal)):
        floor = position.floor_minor
        if falls and floor is not None and position.balance_minor - amount < floor:
            return Code.INSUFFICIENT_FUNDS, position.id
    return None


def book(request: TransferRequest, debit: Position, credit: Position) -> Booking:
    """Move the money on both positions."""
    amount = request.amount_minor
    debit.debits_minor += amount
    debit.entry_count += 1
    credit.credits_minor += amount
    credit.entry_count += 1
    debit.touched = credit.touched = True
    return Booking(
        request=request,
        debit_seq=debit.entry_count,
        debit_change_minor=-amount if debit.credit_normal else amount,
        debit_balance_minor=debit.balance_minor,
        credit_seq=credit.entry_count,
        credit_change_minor=amount if credit.credit_normal else -amount,
        credit_balance_minor=credit.balance_minor,
    )


def apply(
    requests: Sequence[TransferRequest],
    positions: Mapping[UUID, Position],
    known: Mapping[UUID, tuple[object, ...]],
    window: Window | None = None,
) -> tuple[list[TransferResult], list[Booking]]:
    """Apply a batch in the order given, each request seeing what those before it left.

    `known` holds the content of transfers that are already in the books, by id. The
    positions are changed in place. What lies outside `window` is refused, replays are not.
    """
    results: list[TransferResult] = []
    bookings: list[Booking] = []
    seen: dict[UUID, TransferRequest] = {}
    for request in requests:
        twin = seen.get(request.id)
        earlier = twin.content() if twin else known.get(request.id) if known else None
        if earlier is not None:
            results.append(
                TransferResult(request.id, "replayed")
                if request.repeats(earlier)
                else TransferResult(request.id, "refused", Code.ID_CONFLICT)
            )
            continue
        debit = positions.get(request.debit_account_id)
        credit = positions.get(request.credit_account_id)
        if problem := refusal(request, debit, credit, window):
            results.append(TransferResult(request.id, "refused", problem[0], problem[1]))
            continue
        assert debit is not None  # refusal() names a missing account
        assert credit is not None
        bookings.append(book(request, debit, credit))
        seen[request.id] = request
        results.append(TransferResult(request.id, "posted"))
    return results, bookings
