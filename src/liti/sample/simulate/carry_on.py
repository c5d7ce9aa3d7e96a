"""Month after month: each account lives real months again, pays its orders and its loan.

All dates here are the bank's own (the source's, shifted), so that months end when the bank's do.
"""

from __future__ import annotations

import calendar
import random
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from liti.core import params
from liti.core.ids import uuid7_from
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.lending.queries import LoanKey
from liti.sample import names, source
from liti.sample.books.chain import Chained
from liti.sample.books.counter import order_kind
from liti.sample.simulate.lives import Debt, Life, debts_of, everybody, order_day, stops_paying_on
from liti.sample.simulate.month import SPENDING, chance, planned
from liti.sample.simulate.rhythm import YOUNG_MONTHS, Rhythm, age_in_months

INTEREST_STEP_MINOR = 10  # the source's own rounding
HUNDRED = 10_000  # what is paid in for an instalment comes in hundreds
COUNTERS = {
    "cash_deposit": "cash",
    "cash_withdrawal": "cash",
    "card_withdrawal": "clearing.card",
    "statement_fee": "fee.income",
    "interest": "interest.expense",
    "loan_interest": "interest.income",
}

Wish = tuple[int, str, int, "Debt | None"]  # (day, kind, change in minor units, its loan)


@dataclass(frozen=True, slots=True)
class Carried:
    """What is carried on, in the bank's time: accounts, their ledger ids, loans and floors.

    `until` is the last day that is simulated; `yesterday` the last day of the bank, by which
    contracts in arrears have missed their last instalments. `born` is each owner's birth.
    """

    accounts: Sequence[source.Account]
    ids: Mapping[int, UUID]
    born: Mapping[int, date]
    loans: Mapping[UUID, Sequence[LoanKey]]
    floors: Mapping[int, int]
    shift: timedelta
    begins: date
    until: date
    yesterday: date
    seed: int


@dataclass(slots=True)
class Month:
    """The events of one month, gathered by day: debit, credit, amount, kind, narrative."""

    days: dict[date, list[tuple[UUID, UUID, int, str, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def carry_on(
    carried: Carried,
    books: Mapping[int, Sequence[Chained]],
    rhythm: Rhythm,
    recorded: Iterable[TransferRequest] = (),
) -> Iterator[TransferRequest]:
    """Simulated transfers in the order of their days; the same on every run.

    `recorded` are real ones of the same time, by day; those of a day go before what is made.
    """
    if not rhythm.donors:
        yield from recorded
        return
    draw = random.Random(carried.seed)
    lives = _lives(carried, books)
    counters = {k: ledger_queries.internal_account(c) for k, c in COUNTERS.items()}
    counters[""] = ledger_queries.internal_account("clearing.interbank")
    real: dict[date, list[TransferRequest]] = defaultdict(list)
    for transfer in recorded:
        real[transfer.booked_on].append(transfer)
    year, month = carried.begins.year, carried.begins.month
    while date(year, month, 1) <= carried.until:
        gathered = Month()
        for life in lives:
            _live(life, year, month, carried, rhythm, counters, gathered)
        days = {d for d in real if (d.year, d.month) == (year, month)}
        for day in sorted(days | gathered.days.keys()):
            yield from real.pop(day, ())
            base = int(names.at(day).timestamp() * 1000)
            for place, (debit, credit, amount, kind, note) in enumerate(gathered.days[day]):
                yield TransferRequest(
                    id=uuid7_from(base + place, draw.getrandbits(74)),
                    debit_account_id=debit,
                    credit_account_id=credit,
                    amount_minor=amount,
                    kind=kind,
                    booked_on=day,
                    narrative=note,
                    origin="simulated",
                )
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    for day in sorted(real):  # beyond the last day that is simulated, in a bank of few days
        yield from real[day]


def _lives(carried: Carried, books: Mapping[int, Sequence[Chained]]) -> list[Life]:
    people = everybody(carried.accounts, carried.born, carried.shift)
    fees = {a.cycle: 0 for a in carried.accounts}
    for cycle in fees:
        fees[cycle] = int(params.find("accounts.statement_fee", scope=cycle) or 0)
    lives = []
    for account in carried.accounts:
        rows = books.get(account.id, ())
        id = carried.ids[account.id]
        last = rows[-1].row.day + carried.shift if rows else account.opened_on
        debts = debts_of(
            carried.loans.get(id, ()), rows, carried.shift, carried.yesterday, carried.seed
        )
        lives.append(
            Life(
                who=people[account.id],
                id=id,
                balance_minor=rows[-1].row.balance_minor if rows else 0,
                floor_minor=carried.floors.get(account.id, 0),
                order_day=order_day(carried.seed, account.id),
                fee_minor=fees[account.cycle],
                debts=debts,
                lives_from=max(carried.begins, last + timedelta(days=1) if rows else last),
                begun=bool(rows),
            )
        )
    return lives


def _live(
    life: Life,
    year: int,
    month: int,
    carried: Carried,
    rhythm: Rhythm,
    counters: Mapping[str, UUID],
    gathered: Month,
) -> None:
    """One month of one account: wishes in the order of their days, as far as money allows."""
    last_day = calendar.monthrange(year, month)[1]
    month_end = date(year, month, last_day)
    if life.lives_from > month_end:
        return
    wishes = sorted(_wishes(life, year, month, last_day, carried, rhythm), key=lambda w: w[0])
    kept = _kept_for(wishes)
    for (day_number, kind, wished, debt), keep in zip(wishes, kept, strict=True):
        change = wished
        day = date(year, month, min(day_number, last_day))
        if not life.lives_from <= day <= carried.until:
            continue
        if kind == "interest":
            interest = int(max(0, life.balance_minor) * rhythm.monthly_rate)
            change = interest // INTEREST_STEP_MINOR * INTEREST_STEP_MINOR
        if debt is not None:
            _pay(life, debt, day, counters, gathered)
            continue
        least = life.floor_minor + (keep if kind in SPENDING else 0)
        if change == 0 or (change < 0 and life.balance_minor + change < least):
            continue  # not enough on the account: the wish is not carried out
        _book(life, day, kind, change, counters, gathered)


def _wishes(
    life: Life, year: int, month: int, last_day: int, carried: Carried, rhythm: Rhythm
) -> list[Wish]:
    """Everything planned in the month."""
    opened, wishes = life.who.account.opened_on, list[Wish]()
    age = age_in_months(opened, year, month)
    if not life.begun:
        life.begun = True
        draw = chance(carried.seed, "first", life.who.account.id)
        first = draw.choice(rhythm.first_deposits_minor)
        wishes.append((opened.day, "cash_deposit", first, None))
    due = _due(life, date(year, month, last_day), carried)
    fixed = sum(-change for _day, _kind, change, _debt in due)
    if age > 0:
        fixed += life.who.orders_minor
        for order in life.who.orders:
            wishes.append((life.order_day, order_kind(order.symbol), -order.amount_minor, None))
        plan = planned(life.who, year, month, life.balance_minor, fixed, carried.seed, rhythm)
        wishes += [(day, kind, change, None) for day, kind, change in plan]
    wishes += due
    wishes.append((last_day, "interest", 0, None))
    if age >= YOUNG_MONTHS:  # as in the source: no fee before
        wishes.append((last_day, "statement_fee", -life.fee_minor, None))
    return wishes


def _due(life: Life, until: date, carried: Carried) -> list[Wish]:
    """The instalments to be paid in the month; contracts in arrears miss their last ones."""
    found: list[Wish] = []
    for debt in life.debts:
        stops = stops_paying_on(debt, carried.yesterday)
        for on, principal, interest in debt.due_until(until):
            if on < stops:
                day = on.day if (on.year, on.month) == (until.year, until.month) else 1
                found.append((day, "loan_instalment", -(principal + interest), debt))
    return found


def _kept_for(wishes: Sequence[Wish]) -> list[int]:
    """For each wish what must stay on the account for orders and instalments that follow in
    the month before money comes in."""
    kept, keep = [0] * len(wishes), 0
    for place in range(len(wishes) - 1, -1, -1):
        kept[place] = keep
        _day, kind, change, _debt = wishes[place]
        if kind not in SPENDING:
            keep = max(0, keep - change)
    return kept


def _pay(life: Life, debt: Debt, day: date, counters: Mapping[str, UUID], gathered: Month) -> None:
    """An instalment; who lacks the money for it pays it in, in hundreds, on the day."""
    _due_on, principal, interest = debt.key.due[debt.paid]
    amount = principal + interest
    if (short := amount - life.balance_minor) > 0:
        paid_in = -(-short // HUNDRED) * HUNDRED
        _book(life, day, "cash_deposit", paid_in, counters, gathered)
    debt.paid += 1
    life.balance_minor -= amount
    loan, note = debt.key.loan_account_id, debt.key.number
    if interest:
        income = counters["loan_interest"]
        gathered.days[day].append((loan, income, interest, "loan_interest", note))
    gathered.days[day].append((life.id, loan, amount, "loan_instalment", note))


def _book(
    life: Life,
    day: date,
    kind: str,
    change: int,
    counters: Mapping[str, UUID],
    gathered: Month,
) -> None:
    life.balance_minor += change
    other = counters.get(kind, counters[""])
    sides = (other, life.id) if change > 0 else (life.id, other)
    gathered.days[day].append((*sides, abs(change), kind, ""))
