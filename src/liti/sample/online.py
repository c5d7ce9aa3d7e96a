"""Electronic accounts of those who signed up on line: class II and III, with bound cards.

The real bank had no such accounts: all of this is invented, seeded and marked as simulated. The
rules of the classes hold for every movement: money comes from the bound card alone, a class III
account never holds more than its cap, and what leaves for others stays within the day's limit.
"""

from __future__ import annotations

import calendar
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from uuid import UUID

from liti.accounts import services as accounts
from liti.accounts.services import Prefix, prefixes
from liti.core.authority import command, open_to_all
from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.parties import queries as parties_queries
from liti.sample import names
from liti.sample.people.identity import OF_AGE, age_on
from liti.sample.queries import SampleView
from liti.sample.simulate.month import chance

SOURCE = "direct"
CLASS_III_SHARE = 0.2
OPENED_DAYS = 700  # signed up within so many days before the first day that is closed
CYCLE = "electronic"  # a statement on line, without a fee
YUAN = 100
ROOM_PERCENT = 90
BANKS = 12  # the banks with most prefixes issue the bound cards
TOP_UPS, WITHDRAWALS, PAYMENTS = 0.5, 0.3, 0.5  # chances a month
SUMS_YUAN = {  # least and most of a top-up, a payment
    "II": ((500, 20_000), (30, 2_000)),
    "III": ((100, 1_500), (10, 300)),
}


@dataclass(frozen=True, slots=True)
class Online:
    """An account on line."""

    id: UUID
    party_id: UUID
    account_class: str
    opened_on: date


@open_to_all("reads who signed up")
def online_accounts(sample: SampleView) -> list[Online]:
    """Who signed up, is of age and known, with the account that he opened."""
    signed = sorted(parties_queries.party_by_source(SOURCE).items())
    people = parties_queries.parties([party for _key, party in signed])
    found: dict[UUID, Online] = {}
    for key, party_id in signed:
        person = people.get(party_id)
        if person is None or person.birth_date is None or person.kind != "person":
            continue
        draw = chance(sample.seed, "online", key)
        opened = sample.closed_from - timedelta(days=draw.randint(10, OPENED_DAYS))
        if person.id in found or age_on(person.birth_date, opened) < OF_AGE:
            continue
        kind = "III" if draw.random() < CLASS_III_SHARE else "II"
        id = uuid7_at(names.at(opened), "sample.online", key)
        found[person.id] = Online(id, person.id, kind, opened)
    return list(found.values())


@command(system=("demo",))
def open_online(sample: SampleView) -> int:
    """Open the accounts on line and bind a card of a real bank to each."""
    found = online_accounts(sample)
    whole = parties_queries.names_in_full([account.party_id for account in found])
    accounts.open_accounts(
        [
            accounts.NewElectronicAccount(
                id=a.id,
                number=accounts.with_check_digit(f"6229{place:011d}"),
                party_id=a.party_id,
                account_class=a.account_class,
                opened_on=a.opened_on,
                statement_cycle=CYCLE,
                origin="simulated",
            )
            for place, a in enumerate(found, start=1)
        ]
    )
    accounts.bind_cards(
        [
            accounts.NewBoundCard(
                id=uuid7_at(names.at(a.opened_on), "sample.bound_card", a.id),
                account_id=a.id,
                pan=pan(chance(sample.seed, "pan", a.id)),
                holder_name=whole[a.party_id],
                bound_on=a.opened_on,
            )
            for a in found
        ]
    )
    return len(found)


@open_to_all("invents a number")
def pan(draw: random.Random) -> str:
    """The number of a debit card with a real prefix, its length and a right check digit."""
    prefix = draw.choice(_debit_prefixes())
    free = prefix.length - len(prefix.digits) - 1
    return accounts.with_check_digit(prefix.digits + f"{draw.randrange(10**free):0{free}d}")


@cache
def _debit_prefixes() -> tuple[Prefix, ...]:
    debit = [
        p
        for p in prefixes()
        if p.card_type == "DC" and p.bank.endswith("银行") and p.digits.startswith("62")
        if 16 <= p.length <= 19
    ]
    count: dict[str, int] = {}
    for prefix in debit:
        count[prefix.bank] = count.get(prefix.bank, 0) + 1
    banks = sorted(count, key=lambda bank: (-count[bank], bank))[:BANKS]
    return tuple(p for p in debit if p.bank in banks)


@open_to_all("invents movements")
def online_transfers(
    sample: SampleView, found: Sequence[Online], until: date, monthly_rate: Decimal
) -> list[TransferRequest]:
    """What happened on the accounts until a day, by day; the same on every run."""
    made: list[TransferRequest] = []
    caps = {kind: accounts.limits_of(kind).balance_max_minor for kind in SUMS_YUAN}
    for account in found:
        made += _life(sample, account, until, monthly_rate, caps[account.account_class])
    return sorted(made, key=lambda t: (t.booked_on, t.id))


def _life(
    sample: SampleView, account: Online, until: date, rate: Decimal, cap: int | None
) -> Iterator[TransferRequest]:
    draw = chance(sample.seed, "online.life", account.id)
    (least, most), (small, large) = SUMS_YUAN[account.account_class]
    balance, place = 0, 0
    for on, kind in _happenings(account.opened_on, until, draw):
        amount = {
            "top_up": draw.randint(least, most) * YUAN,
            "withdrawal": round(balance * draw.uniform(0.2, 0.8) / YUAN) * YUAN,
            "online_payment": draw.randint(small, large) * YUAN,
            "interest": int(balance * rate),
        }[kind]
        if kind in ("top_up", "interest"):
            if kind == "top_up" and cap is not None:
                room = cap * ROOM_PERCENT // 100 - balance
                amount = max(0, min(amount, room // YUAN * YUAN))
            change = amount
        else:
            change = -amount
        if not change or balance + change < 0 or (change < 0 and amount <= 0):
            continue
        balance += change
        place += 1
        yield _transfer(account, on, kind, change, place)
        if cap is not None and (surplus := balance - cap) > 0:  # interest; it goes to the card
            balance -= surplus
            place += 1
            yield _transfer(account, on, "withdrawal", -surplus, place)


def _happenings(opened: date, until: date, draw: random.Random) -> list[tuple[date, str]]:
    """(day, kind): money comes in on the day of opening, then by chance each month."""
    happenings = [(opened, "top_up")]
    year, month = opened.year, opened.month
    while date(year, month, 1) <= until:
        last = calendar.monthrange(year, month)[1]
        for kind, share in (
            ("top_up", TOP_UPS), ("withdrawal", WITHDRAWALS), ("online_payment", PAYMENTS),
        ):  # fmt: skip
            if draw.random() < share:
                happenings.append((date(year, month, draw.randint(1, last)), kind))
        happenings.append((date(year, month, last), "interest"))
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
    order = ("top_up", "online_payment", "withdrawal", "interest")
    happenings = [(on, kind) for on, kind in happenings if opened <= on <= until]
    return sorted(happenings, key=lambda h: (h[0], order.index(h[1])))


def _transfer(account: Online, on: date, kind: str, change: int, place: int) -> TransferRequest:
    codes = {"interest": "interest.expense", "online_payment": "clearing.interbank"}
    other = ledger_queries.internal_account(codes.get(kind, "clearing.house"))
    sides = (other, account.id) if change > 0 else (account.id, other)
    return TransferRequest(
        id=uuid7_at(names.at(on, place), "sample.online", account.id, place),
        debit_account_id=sides[0],
        credit_account_id=sides[1],
        amount_minor=abs(change),
        kind=kind,
        booked_on=on,
        origin="simulated",
    )
