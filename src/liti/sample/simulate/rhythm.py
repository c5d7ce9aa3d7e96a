"""The rhythm of the real books: months of real accounts, young and settled, to be lived again."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from liti.sample import source
from liti.sample.books.chain import Chained
from liti.sample.books.counter import kind_and_counter
from liti.sample.incomes import Income, recorded

# What is replayed from real months. Transfers out are standing orders and come from their own
# file, as do instalments; interest, penalty and fees follow from the balance and the account.
REPLAYED = {"cash_deposit", "cash_withdrawal", "transfer_in", "pension"}
ORDERED = {"transfer_out", "household_payment", "insurance_premium", "leasing", "loan_instalment"}
# In the source an account fills up for five months: no fees, hardly a withdrawal. Its balance
# keeps its level from then on.
YOUNG_MONTHS = 5
SETTLED_MONTHS_MIN = 3
DAYS_OF_MONTH = 30.44
NEIGHBOURS = 12  # of as many donors with like standing orders one is drawn


@dataclass(frozen=True, slots=True)
class Beat:
    """One event of a month: its day, what it is, and what it changes (minor units)."""

    day: int
    kind: str
    change_minor: int


@dataclass(frozen=True, slots=True)
class Donor:
    """A real account: its first months by age, its settled months by (year, month), the
    median of its settled balances, and what leaves it by order in such a month. `sums_minor`
    is what a settled month brings (or takes) on average, by kind."""

    account: int
    income: Income
    young: tuple[tuple[Beat, ...], ...]
    months: Mapping[tuple[int, int], tuple[Beat, ...]]
    usual_balance_minor: int
    orders_minor: int
    sums_minor: Mapping[str, int]

    def month_of(self, age_months: int, calendar_month: int, draw: int) -> tuple[Beat, ...]:
        """A month of the same age while it is young, else of the same season where there is
        one, else any settled one."""
        if age_months < min(YOUNG_MONTHS, len(self.young)):
            return self.young[age_months]
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
    card_uses: float  # of a card and month
    card_amounts_minor: tuple[int, ...]
    by_account: Mapping[int, Donor]
    by_income: Mapping[Income, tuple[Donor, ...]]  # by what leaves them by order

    def donor(self, account: int, income: Income, orders_minor: int, draw: random.Random) -> Donor:
        """Whose months an account lives: its own, else those of an account that lives on the
        same and has about as much to pay by order, so that the level is kept."""
        own = self.by_account.get(account)
        if own is not None and own.income is income:
            return own
        pool = self.by_income.get(income) or self.donors
        place = bisect_left(pool, orders_minor, key=lambda d: d.orders_minor)
        first = max(0, min(place - NEIGHBOURS // 2, len(pool) - NEIGHBOURS))
        return draw.choice(pool[first : first + NEIGHBOURS])


def listen(books: Mapping[int, Sequence[Chained]]) -> Rhythm:
    """Learn the rhythm from the recorded rows of all accounts."""
    donors: list[Donor] = []
    rates: list[Decimal] = []
    first: list[int] = []
    for account, rows in sorted(books.items()):
        rates += _rates(rows)
        first.append(rows[0].row.amount_minor)
        if donor := _donor(account, rows):
            donors.append(donor)
    rates.sort()
    by_income: dict[Income, list[Donor]] = defaultdict(list)
    for donor in sorted(donors, key=lambda d: (d.orders_minor, d.account)):
        by_income[donor.income].append(donor)
    uses, amounts = _card_uses(books)
    return Rhythm(
        tuple(donors),
        rates[len(rates) // 2] if rates else Decimal(0),
        tuple(first),
        uses,
        amounts,
        {d.account: d for d in donors},
        {income: tuple(found) for income, found in by_income.items()},
    )


def age_in_months(opened_on: date, year: int, month: int) -> int:
    """0 in the month of opening."""
    return (year - opened_on.year) * 12 + month - opened_on.month


def _rates(rows: Sequence[Chained]) -> list[Decimal]:
    found, before = [], 0
    for chained in rows:
        if chained.row.symbol == "UROK" and before > 0:
            found.append(Decimal(chained.row.amount_minor) / before)
        before = chained.row.balance_minor
    return found


def _card_uses(books: Mapping[int, Sequence[Chained]]) -> tuple[float, tuple[int, ...]]:
    """How often a card is used a month while the source shows its account, and the amounts."""
    account_of = {h.id: h.account_id for h in source.holders()}
    amounts = [
        chained.row.amount_minor
        for rows in books.values()
        for chained in rows
        if chained.row.operation == "VYBER KARTOU"
    ]
    days = sum(
        max(0, (books[account][-1].row.day - card.issued_on).days)
        for card in source.cards()
        if (account := account_of[card.holder_id]) in books
    )
    return (len(amounts) * DAYS_OF_MONTH / days if days else 0.0), tuple(sorted(amounts))


def _donor(account: int, rows: Sequence[Chained]) -> Donor | None:
    """The account as a donor, where enough settled months of it are whole."""
    opened, last = rows[0].row.day, rows[-1].row.day
    months: dict[tuple[int, int], list[Beat]] = defaultdict(list)
    ordered: dict[tuple[int, int], int] = defaultdict(int)
    balances: list[int] = []
    for chained in rows:
        row = chained.row
        key = (row.day.year, row.day.month)
        kind, _code = kind_and_counter(row)
        if kind in REPLAYED:
            months[key].append(Beat(row.day.day, kind, row.change_minor))
        elif kind in ORDERED:
            ordered[key] += row.amount_minor
        if age_in_months(opened, *key) >= YOUNG_MONTHS:
            balances.append(row.balance_minor)
    end = (last.year, last.month)
    young = [tuple(months.get(_months_on(opened, n), ())) for n in range(YOUNG_MONTHS)]
    settled = {
        key: tuple(beats)
        for key, beats in months.items()
        if age_in_months(opened, *key) >= YOUNG_MONTHS and key < end
    }
    if len(settled) < SETTLED_MONTHS_MIN:
        return None
    balances.sort()
    return Donor(
        account,
        recorded()[account],
        tuple(young),
        settled,
        balances[len(balances) // 2],
        sum(ordered[key] for key in settled) // len(settled),
        {kind: _mean(settled.values(), kind) for kind in sorted(REPLAYED)},
    )


def _mean(months: Collection[Sequence[Beat]], kind: str) -> int:
    total = sum(beat.change_minor for beats in months for beat in beats if beat.kind == kind)
    return round(total / len(months))


def _months_on(day: date, months: int) -> tuple[int, int]:
    index = day.year * 12 + day.month - 1 + months
    return index // 12, index % 12 + 1
