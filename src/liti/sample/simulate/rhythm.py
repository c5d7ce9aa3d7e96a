"""The rhythm of the real books: whole months of real accounts, to be lived again."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liti.sample.books.chain import Chained
from liti.sample.books.counter import kind_and_counter

# What is replayed from real months. Transfers out are standing orders and come from their
# own file; interest and penalty follow from the balance.
REPLAYED = {
    "cash_deposit",
    "cash_withdrawal",
    "card_withdrawal",
    "transfer_in",
    "pension",
    "statement_fee",
}


@dataclass(frozen=True, slots=True)
class Beat:
    """One event of a month: its day, what it is, and what it changes (minor units)."""

    day: int
    kind: str
    change_minor: int


@dataclass(frozen=True, slots=True)
class Donor:
    """A real account with its whole months, by (year, month), and its usual balance."""

    account: int
    months: Mapping[tuple[int, int], tuple[Beat, ...]]
    usual_balance_minor: int

    def month_like(self, calendar_month: int, draw: int) -> tuple[Beat, ...]:
        """A month of the same season where there is one, else any."""
        keys = sorted(self.months)
        same = [k for k in keys if k[1] == calendar_month]
        pool = same or keys
        return self.months[pool[draw % len(pool)]]


@dataclass(frozen=True, slots=True)
class Rhythm:
    """All donors, and what the real books say of interest and first deposits."""

    donors: tuple[Donor, ...]
    monthly_rate: Decimal
    first_deposits_minor: tuple[int, ...]
    by_account: Mapping[int, Donor]


def listen(books: Mapping[int, Sequence[Chained]]) -> Rhythm:
    """Learn the rhythm from the recorded rows of all accounts."""
    donors: list[Donor] = []
    rates: list[Decimal] = []
    first: list[int] = []
    for account, rows in sorted(books.items()):
        months: dict[tuple[int, int], list[Beat]] = defaultdict(list)
        before = 0
        for chained in rows:
            row = chained.row
            kind, _code = kind_and_counter(row)
            if kind == "interest" and before > 0:
                rates.append(Decimal(row.amount_minor) / before)
            if kind in REPLAYED:
                months[row.day.year, row.day.month].append(
                    Beat(row.day.day, kind, row.change_minor)
                )
            before = row.balance_minor
        first.append(rows[0].row.amount_minor)
        whole = _whole_months(months, rows[0].row.day, rows[-1].row.day)
        if len(whole) >= 2:
            balances = sorted(c.row.balance_minor for c in rows)
            donors.append(Donor(account, whole, balances[len(balances) // 2]))
    rates.sort()
    return Rhythm(
        tuple(donors),
        rates[len(rates) // 2] if rates else Decimal(0),
        tuple(first),
        {d.account: d for d in donors},
    )


def _whole_months(
    months: Mapping[tuple[int, int], Sequence[Beat]], first: date, last: date
) -> dict[tuple[int, int], tuple[Beat, ...]]:
    """Without the month of opening and the last one, which may be cut."""
    return {
        key: tuple(beats)
        for key, beats in months.items()
        if (first.year, first.month) < key < (last.year, last.month)
    }
