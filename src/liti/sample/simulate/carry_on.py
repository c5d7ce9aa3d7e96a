"""Month after month: each account lives a real month again, pays its orders and its loan.

All dates here are the bank's own (the source's, shifted), so that months end when the bank's do.
"""

from __future__ import annotations

import calendar
import random
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from liti.core.ids import uuid7_from
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.lending.queries import LoanKey
from liti.sample import names, source
from liti.sample.books.chain import Chained
from liti.sample.books.counter import order_kind
from liti.sample.simulate.rhythm import Donor, Rhythm, listen

# A card is used about once a month; the real first 15 months show no card withdrawal yet.
CARD_USES_PER_MONTH = 0.9
CARD_STEPS_MINOR = (50_000, 300_000, 10_000)
MISSED_LAST_INSTALMENTS = {"ended_unpaid": 4, "in_arrears": 3}
INTEREST_STEP_MINOR = 10  # the source's own rounding
RICH_TIMES = 3
COUNTERS = {
    "cash_deposit": "cash",
    "cash_withdrawal": "cash",
    "card_withdrawal": "clearing.card",
    "statement_fee": "fee.income",
    "interest": "interest.expense",
}


@dataclass(frozen=True, slots=True)
class Carried:
    """What is carried on, in the bank's time: accounts, their ledger ids, loans and floors.

    `until` is the last day that is simulated; `yesterday` the last day of the bank, by which
    contracts in arrears have missed their last instalments.
    """

    accounts: Sequence[source.Account]
    ids: Mapping[int, UUID]
    loans: Mapping[UUID, Sequence[LoanKey]]
    floors: Mapping[int, int]
    shift: timedelta
    until: date
    yesterday: date
    seed: int


def chance(seed: int, *what: object) -> random.Random:
    """Chance of its own for each thing, so that one drawing does not move another."""
    return random.Random("/".join(map(str, (seed, *what))))


def order_day(seed: int, account: int) -> int:
    """The day of the month on which an account's standing orders are due."""
    return chance(seed, "order_day", account).randint(5, 14)


def donor_of(seed: int, account: int, rhythm: Rhythm) -> Donor:
    """Whose months an account lives: its own where they are whole, else another's."""
    return rhythm.by_account.get(account) or chance(seed, "donor", account).choice(rhythm.donors)


def cards_of(shift: timedelta) -> dict[int, list[date]]:
    """When the cards of each account were issued."""
    account_of = {h.id: h.account_id for h in source.holders()}
    cards: dict[int, list[date]] = defaultdict(list)
    for card in source.cards():
        cards[account_of[card.holder_id]].append(card.issued_on + shift)
    return cards


@dataclass(slots=True)
class Life:
    """One account on its way."""

    account: source.Account
    id: UUID
    donor: Donor
    balance_minor: int
    floor_minor: int
    orders: Sequence[source.Order]
    order_day: int
    loans: Sequence[LoanKey]
    owed_minor: dict[UUID, int]
    cards: Sequence[date]
    begun: bool


@dataclass(slots=True)
class Month:
    """The events of one month, gathered by day."""

    days: dict[date, list[tuple[UUID, UUID, int, str]]] = field(
        default_factory=lambda: defaultdict(list)
    )


def carry_on(
    carried: Carried, books: Mapping[int, Sequence[Chained]], batch: int
) -> Iterator[list[TransferRequest]]:
    """Batches of simulated transfers in the order of their days; the same on every run."""
    rhythm = listen(books)
    if not rhythm.donors:
        return
    draw = random.Random(carried.seed)
    lives = _lives(carried, books, rhythm)
    counters = {k: ledger_queries.internal_account(c) for k, c in COUNTERS.items()}
    clearing = ledger_queries.internal_account("clearing.interbank")
    last_real = max((rows[-1].row.day for rows in books.values()), default=source.LAST_DAY)
    first = last_real + timedelta(days=1) + carried.shift
    waiting: list[TransferRequest] = []
    year, month = first.year, first.month
    while date(year, month, 1) <= carried.until:
        gathered = Month()
        for life in lives:
            _live(life, year, month, first, carried, rhythm, draw, counters, clearing, gathered)
        for day in sorted(gathered.days):
            base = int(names.at(day).timestamp() * 1000)
            for place, (debit, credit, amount, kind) in enumerate(gathered.days[day]):
                waiting.append(
                    TransferRequest(
                        id=uuid7_from(base + place, draw.getrandbits(74)),
                        debit_account_id=debit,
                        credit_account_id=credit,
                        amount_minor=amount,
                        kind=kind,
                        booked_on=day,
                        origin="simulated",
                    )
                )
                if len(waiting) == batch:
                    yield waiting
                    waiting = []
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    if waiting:
        yield waiting


def _lives(
    carried: Carried,
    books: Mapping[int, Sequence[Chained]],
    rhythm: Rhythm,
) -> list[Life]:
    orders: dict[int, list[source.Order]] = defaultdict(list)
    for order in source.orders():
        if order.symbol != "UVER":  # loan instalments come from the contracts
            orders[order.account_id].append(order)
    cards = cards_of(carried.shift)
    lives = []
    for account in carried.accounts:
        rows = books.get(account.id)
        id = carried.ids[account.id]
        loans = carried.loans.get(id, ())
        lives.append(
            Life(
                account=account,
                id=id,
                donor=donor_of(carried.seed, account.id, rhythm),
                balance_minor=rows[-1].row.balance_minor if rows else 0,
                floor_minor=carried.floors.get(account.id, 0),
                orders=orders.get(account.id, ()),
                order_day=order_day(carried.seed, account.id),
                loans=loans,
                owed_minor=_owed(loans, rows or (), carried.shift),
                cards=cards.get(account.id, ()),
                begun=bool(rows),
            )
        )
    return lives


def _owed(loans: Sequence[LoanKey], rows: Sequence[Chained], shift: timedelta) -> dict[UUID, int]:
    """What is owed where the real books end: instalments less what the source shows paid."""
    owed = {loan.loan_account_id: loan.instalment_minor * loan.months for loan in loans}
    for chained in rows:
        running = [k for k in loans if k.signed_on < chained.row.day + shift]
        if chained.row.symbol == "UVER" and running:
            owed[running[-1].loan_account_id] -= chained.row.amount_minor
    return owed


def _live(
    life: Life,
    year: int,
    month: int,
    first: date,
    carried: Carried,
    rhythm: Rhythm,
    draw: random.Random,
    counters: Mapping[str, UUID],
    clearing: UUID,
    gathered: Month,
) -> None:
    """One month of one account: wishes in the order of their days, as far as money allows."""
    last_day = calendar.monthrange(year, month)[1]
    month_end = date(year, month, last_day)
    if life.account.opened_on > month_end:
        return
    wishes = _wishes(life, year, month, last_day, carried, rhythm, draw)
    start = max(first, life.account.opened_on)
    for day_number, kind, change, counter in sorted(wishes, key=lambda w: w[0]):
        day = date(year, month, min(day_number, last_day))
        if not start <= day <= carried.until:
            continue
        if kind == "interest":
            interest = int(max(0, life.balance_minor) * rhythm.monthly_rate)
            change = interest // INTEREST_STEP_MINOR * INTEREST_STEP_MINOR
        if change == 0 or life.balance_minor + change < life.floor_minor:
            continue  # not enough on the account: the wish is not carried out
        if counter is not None:  # an instalment: never more than what is owed
            change = -min(-change, life.owed_minor[counter])
            life.owed_minor[counter] += change
        if change == 0:
            continue
        life.balance_minor += change
        other = counter or counters.get(kind, clearing)
        sides = (other, life.id) if change > 0 else (life.id, other)
        gathered.days[day].append((*sides, abs(change), kind))


def _wishes(
    life: Life,
    year: int,
    month: int,
    last_day: int,
    carried: Carried,
    rhythm: Rhythm,
    draw: random.Random,
) -> list[tuple[int, str, int, UUID | None]]:
    """(day, kind, change, counter-account or None) of everything planned in the month."""
    wishes: list[tuple[int, str, int, UUID | None]] = []
    if not life.begun:
        life.begun = True
        deposit = draw.choice(rhythm.first_deposits_minor)
        wishes.append((life.account.opened_on.day, "cash_deposit", deposit, None))
    rich = life.balance_minor > RICH_TIMES * max(life.donor.usual_balance_minor, 100_000)
    for beat in life.donor.month_like(month, draw.getrandbits(16)):
        change = beat.change_minor
        if beat.kind != "statement_fee":
            percent = draw.randint(95, 105) * (2 if rich and change < 0 else 1)
            step = 100 if beat.kind.startswith("cash") else 10
            change = round(change * percent / (100 * step)) * step
        day = last_day if beat.kind == "statement_fee" else beat.day  # as the day's end does
        wishes.append((day, beat.kind, change, None))
    opened = (life.account.opened_on.year, life.account.opened_on.month)
    if opened < (year, month):
        wishes += [
            (life.order_day, order_kind(o.symbol), -o.amount_minor, None) for o in life.orders
        ]
    wishes += _instalments(life, year, month, last_day, carried)
    for issued in life.cards:
        if issued <= date(year, month, 1) and draw.random() < CARD_USES_PER_MONTH:
            amount = draw.randrange(*CARD_STEPS_MINOR)
            wishes.append((draw.randint(1, last_day), "card_withdrawal", -amount, None))
    wishes.append((last_day, "interest", 0, None))
    return wishes


def _instalments(
    life: Life, year: int, month: int, last_day: int, carried: Carried
) -> list[tuple[int, str, int, UUID | None]]:
    """What the contracts ask for this month; contracts in arrears miss their last ones."""
    due: list[tuple[int, str, int, UUID | None]] = []
    for loan in life.loans:
        signed = loan.signed_on
        turn = (year - signed.year) * 12 + month - signed.month
        until = (carried.yesterday.year - signed.year) * 12 + carried.yesterday.month - signed.month
        missed = MISSED_LAST_INSTALMENTS.get(loan.status, 0)
        if 1 <= turn <= min(loan.months, until) - missed:
            day = min(signed.day, last_day)
            due.append((day, "loan_instalment", -loan.instalment_minor, loan.loan_account_id))
    return due
