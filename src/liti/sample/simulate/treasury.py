"""The bank's own side: what deposits are lent on to, and what it costs to run the bank.

The source shows customers' accounts alone. A bank that takes deposits places them: each evening
cash and clearing are settled into placements with other banks; at each month's end those and the
required reserve earn interest, staff and systems are paid, and principal that is overdue is
provided for. Every rate is a dated parameter (`parameters.yaml`); all of it is marked as simulated.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import accumulate
from uuid import UUID

from liti.core import params
from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.lending.queries import LoanKey
from liti.sample import names

SETTLED = ("clearing.interbank", "clearing.card", "clearing.house")
EVENING = 20 * 3600 * 1000  # after everything else of the day, in milliseconds
MONTHS_OF_YEAR = 12


@dataclass(frozen=True, slots=True)
class Assumed:
    """The assumptions of a month, read from the parameters."""

    placement_rate: Decimal
    reserve_rate: Decimal
    reserve_ratio: Decimal
    cash_ratio: Decimal
    cost_of_account_minor: int
    allowance_share: Decimal
    capital_minor: int

    @classmethod
    def on(cls, day: date) -> Assumed:
        def share(name: str) -> Decimal:
            return Decimal(str(params.get(f"sample.{name}", on=day)))

        return cls(
            share("placement_rate_annual"),
            share("reserve_rate_annual"),
            share("reserve_ratio"),
            share("cash_ratio"),
            int(params.get("sample.cost_of_account", on=day)),
            share("allowance_share"),
            int(params.get("sample.capital", on=day)),
        )


@dataclass(slots=True)
class Position:
    """Where the bank stands: balances of its own accounts and its loans as debits less
    credits, what customers hold, and how many accounts are open (minor units)."""

    own: dict[UUID, int]
    deposits_minor: int
    accounts: int
    overdue_minor: int
    paid_out_until: date | None = None


@dataclass(slots=True)
class Schedules:
    """What each loan should still owe on a day, to see what is overdue."""

    loans: Iterable[LoanKey]
    _lines: list[tuple[LoanKey, list[date], list[int]]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for key in self.loans:
            days = [line[0] for line in key.due]
            self._lines.append((key, days, [0, *accumulate(line[1] for line in key.due)]))

    def overdue(self, owed: Mapping[UUID, int], on: date) -> int:
        """Principal that was due and is not paid, over all loans."""
        total = 0
        for key, days, due in self._lines:
            if key.signed_on <= on:
                scheduled = key.principal_minor - due[bisect_right(days, on)]
                total += max(0, owed.get(key.loan_account_id, 0) - scheduled)
        return total

    def signed(self) -> list[tuple[date, UUID, int]]:
        """When each loan was paid out."""
        return sorted(
            (k.signed_on, k.loan_account_id, k.principal_minor) for k, *_rest in self._lines
        )


def evening(on: date, position: Position, assumed: Assumed) -> list[TransferRequest]:
    """What the bank books for itself at the end of a day; keeps the position's own balances."""
    books = _Books(on, position)
    for code in SETTLED:
        _move(books, "placements", code, books.balance(code), "settlement")
    kept = _of(position.deposits_minor, assumed.cash_ratio)
    _move(books, "placements", "cash", books.balance("cash") - kept, "cash_shipment")
    if not is_month_end(on):
        return books.made
    _earn(books, assumed)
    costs = position.accounts * assumed.cost_of_account_minor
    books.post("operating.expense", "placements", costs, "operating_cost")
    needed = _of(position.overdue_minor, assumed.allowance_share)
    missing = needed + books.balance("loan.allowance")
    _move(books, "impairment.expense", "loan.allowance", missing, "impairment")
    reserve = _of(position.deposits_minor, assumed.reserve_ratio) - books.balance("reserve")
    _move(books, "reserve", "placements", reserve, "settlement")
    return books.made


def opening(on: date, capital_minor: int, own: dict[UUID, int]) -> list[TransferRequest]:
    """The capital that the bank begins with."""
    books = _Books(on, Position(own, 0, 0, 0))
    books.post("placements", "capital", capital_minor, "capital")
    return books.made


def with_treasury(
    transfers: Iterable[TransferRequest],
    position: Position,
    customers: Mapping[UUID, date],
    schedules: Schedules,
    *,
    until: date,
) -> Iterator[TransferRequest]:
    """The same transfers, and at the end of each of their days what the bank books for itself.

    `customers` gives the day on which each customer's account was opened. The position is
    kept, so that the next part of the books goes on from it, on the day after `until`.
    """
    payouts, opened = deque(schedules.signed()), sorted(customers.values())
    interbank = ledger_queries.internal_account("clearing.interbank")

    def end(on: date) -> list[TransferRequest]:
        while payouts and payouts[0][0] <= on:  # posted with their contracts
            _day, loan, amount = payouts.popleft()
            if position.paid_out_until is None or _day > position.paid_out_until:
                position.own[loan] += amount
                position.own[interbank] -= amount
        position.paid_out_until = on
        position.accounts = bisect_right(opened, on)
        if is_month_end(on):
            position.overdue_minor = schedules.overdue(position.own, on)
        month = on.replace(day=1)
        if month not in assumed:
            assumed[month] = Assumed.on(on)
        return evening(on, position, assumed[month])

    assumed: dict[date, Assumed] = {}
    today: date | None = None
    for transfer in transfers:
        while today is not None and today < transfer.booked_on:
            yield from end(today)
            today += timedelta(days=1)
        today = transfer.booked_on
        _keep(position, customers, transfer)
        yield transfer
    while today is not None and today <= until:
        yield from end(today)
        today += timedelta(days=1)


def _keep(position: Position, customers: Mapping[UUID, date], transfer: TransferRequest) -> None:
    for account, change in (
        (transfer.debit_account_id, transfer.amount_minor),
        (transfer.credit_account_id, -transfer.amount_minor),
    ):
        if account in customers:
            position.deposits_minor -= change
        else:
            position.own[account] += change


@dataclass(slots=True)
class _Books:
    """Makes the transfers of a month's end and keeps the balances."""

    on: date
    position: Position
    made: list[TransferRequest] = field(default_factory=list)

    def balance(self, code: str) -> int:
        return self.position.own[ledger_queries.internal_account(code)]

    def post(self, debit: str, credit: str, amount: int, kind: str) -> None:
        if amount <= 0:
            return
        sides = [ledger_queries.internal_account(code) for code in (debit, credit)]
        place = len(self.made)
        self.made.append(
            TransferRequest(
                id=uuid7_at(
                    names.at(self.on, EVENING + place), "sample.treasury", kind, self.on, place
                ),
                debit_account_id=sides[0],
                credit_account_id=sides[1],
                amount_minor=amount,
                kind=kind,
                booked_on=self.on,
                origin="simulated",
            )
        )
        self.position.own[sides[0]] += amount
        self.position.own[sides[1]] -= amount


def _earn(books: _Books, assumed: Assumed) -> None:
    """A month's interest on what was placed when the month began."""
    for code, rate in (("placements", assumed.placement_rate), ("reserve", assumed.reserve_rate)):
        earned = _of(max(0, books.balance(code)), rate / MONTHS_OF_YEAR)
        books.post("placements", "placement.income", earned, "placement_interest")


def _move(books: _Books, debit: str, credit: str, amount: int, kind: str) -> None:
    """Move an amount, the other way round where it is below zero."""
    if amount < 0:
        debit, credit, amount = credit, debit, -amount
    books.post(debit, credit, amount, kind)


def _of(amount_minor: int, share: Decimal) -> int:
    return int((amount_minor * share).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def is_month_end(on: date) -> bool:
    """Whether the day is its month's last."""
    return (on + timedelta(days=1)).day == 1


def empty_position() -> Position:
    """A bank before its first day."""
    return Position(defaultdict(int), 0, 0, 0)
