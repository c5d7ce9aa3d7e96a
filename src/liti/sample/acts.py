"""What people do on a lived day, by the house's own commands and in their own names: the plan is
released and sent, customers answer, buy, cancel, sell, top up and withdraw.

Everything is drawn from seeded chances of its own, so that a resumed day draws the same; what an
earlier, broken run has done is recognised by its key and passed over.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from uuid import UUID

from liti.accounts import queries as accounts
from liti.core import approvals
from liti.core.clock import BANK_ZONE, living_at
from liti.core.context import Actor, acting, job
from liti.core.errors import LitiError
from liti.core.staff import by_name
from liti.ledger import queries as ledger
from liti.market import queries as market_queries
from liti.market import services as market
from liti.outreach import queries as outreach_queries
from liti.outreach import services as outreach
from liti.payments import services as payments
from liti.payments.services import Answer, Instruction
from liti.sample.online import Online
from liti.sample.queries import SampleView
from liti.sample.simulate.month import chance

MAKER, CHECKER = "marketer", "head"
RELEASED_AT, SENT_AT = time(9, 10), time(10, 0)
SHOP_OPENS, SHOP_CLOSES = 8, 22  # hours in which customers do things
# How customers answer (shares of contacts), by channel: interested, bought, refused; of calls
# the rest is not at home, of messages the rest says nothing.
ANSWERS = {
    "phone": (0.12, 0.05, 0.15),
    "sms": (0.02, 0.012, 0.01),
    "push": (0.03, 0.015, 0.005),
}
CANCELS, SELLS = 0.08, 0.10  # shares of buyers who think again; of earlier buyers who sell, a week
TOP_UPS, WITHDRAWALS = 0.006, 0.003  # chances of an account on line, a day
TOP_UP_YUAN, YUAN = (100, 5_000), 100
REFUSED_SHARE, PENDING_SHARE = 0.03, 0.01
CONTACTS_MAX = 500
FUND = "LTYEB1"
BUY_MIN_MINOR, BUY_MAX_MINOR = 100_000, 3_000_000


@dataclass(frozen=True, slots=True)
class House:
    """A clearing house in the same process: refuses a few, leaves a few pending at first."""

    seed: int

    def submit(self, instruction: Instruction) -> Answer:
        draw = chance(self.seed, "house", instruction.card_tail, instruction.amount_minor).random()
        reference = instruction.id.hex[:16]
        if draw < REFUSED_SHARE:
            return Answer("RJCT", "AM04" if instruction.direction == "in" else "AC04", reference)
        return Answer("PDNG" if draw < REFUSED_SHARE + PENDING_SHARE else "ACSC", "", reference)

    def query(self, instruction_id: UUID) -> Answer:
        return Answer("ACSC", "", instruction_id.hex[:16])


def release_plan(on: date) -> int:
    """The day's plan is proposed by one and released by another, and its messages go out."""
    plan = outreach_queries.plan(on)
    if plan is None:
        return 0
    if plan.status == "drafted":
        with _as_staff(MAKER, on, RELEASED_AT):
            approval = outreach.propose_release(plan.id)
        with _as_staff(CHECKER, on, time(9, 40)):
            approvals.decide(approval, True)
    with _as_staff(MAKER, on, SENT_AT):
        return outreach.send_due(on, at=datetime.combine(on, SENT_AT, BANK_ZONE))


def answer_contacts(bank: SampleView, on: date) -> int:
    """Customers answer the day's contacts, each by its chance; who says yes buys at once."""
    answered = 0
    for channel in ANSWERS:
        status = "planned" if channel == "phone" else "sent"
        found = outreach_queries.plan_items(on, channel=channel, status=status, limit=CONTACTS_MAX)
        for item in found:
            answered += _answer(bank, on, channel, item.id, item.party_id, item.product_code)
    return answered


def _answer(
    bank: SampleView, on: date, channel: str, item_id: UUID, party_id: UUID, product: str
) -> bool:
    draw = chance(bank.seed, "answer", party_id, on)
    interested, bought, refused = ANSWERS[channel]
    place = draw.random()
    if place < bought and product == FUND and _accept(bank, on, item_id, party_id, draw):
        return True
    if place < interested + bought:
        response = "interested"
    elif place < interested + bought + refused:
        response = "refused"
    elif channel == "phone":
        response = "no_answer"
    else:
        return False
    with _as_staff("desk", on, _some_time(draw)):
        outreach.record_response(item_id, response)
    return True


def _accept(bank: SampleView, on: date, item_id: UUID, party_id: UUID, draw: random.Random) -> bool:
    """The desk prepares it and he confirms: from the account that holds most, where that is
    enough and the buyer fits."""
    held = sorted((ledger.balance(a.id), a.id) for a in accounts.accounts_of(party_id))
    if not held:
        return False
    balance, account_id = held[-1]
    amount = min(BUY_MAX_MINOR, balance // 3) // 10_000 * 10_000
    if amount < BUY_MIN_MINOR:
        return False
    at = _some_time(draw)
    try:
        with _as_customer(party_id, on, at):
            market.assess(party_id, careful_answers())
        with _as_staff("desk", on, at):
            prepared = outreach.accept_offer(
                item_id, account_id, amount, channel="phone", key=f"offer-{item_id}"
            )
        with _as_customer(party_id, on, at):
            if prepared.status == "waiting":
                seen = market.review_prepared(party_id, prepared.id).seen
                market.confirm_prepared(party_id, prepared.id, seen)
    except LitiError:
        return False  # not of age, or not suitable: nobody sells to him
    return True


def think_again(bank: SampleView, on: date, orders: Collection[tuple[UUID, UUID, UUID]]) -> int:
    """Some who bought today take it back before the day ends: (customer, account, order)."""
    done = 0
    for party_id, account_id, order_id in orders:
        draw = chance(bank.seed, "cancel", account_id, on)
        if draw.random() < CANCELS and market_queries.order(order_id).status != "cancelled":
            with _as_customer(party_id, on, time(21, draw.randrange(60))):
                market.cancel_order(order_id, "客户改变主意")
            done += 1
    return done


def sell(bank: SampleView, on: date, buyers: Sequence[tuple[UUID, UUID]]) -> int:
    """Some who bought before sell half of it again: (customer, account)."""
    sold = 0
    for party_id, account_id in buyers:
        draw = chance(bank.seed, "sell", account_id, on)
        if draw.random() >= SELLS / 7:
            continue
        held = [o for o in market_queries.orders_of(party_id) if o.status == "in_position"]
        amount = sum(o.amount_minor for o in held) // 2 // YUAN * YUAN
        if amount:
            with _as_customer(party_id, on, _some_time(draw)):
                try:
                    market.sell_order(
                        party_id, FUND, account_id, amount, channel="mobile", key=f"sell-{on}"
                    )
                    sold += 1
                except LitiError:
                    continue  # sold already, or still in transit
    return sold


def move_money(bank: SampleView, on: date, online: Sequence[Online]) -> int:
    """Top-ups and withdrawals by the bound cards of accounts on line."""
    house, moved = House(bank.seed), 0
    with living_at(datetime.combine(on, time(7, 30), BANK_ZONE)), acting(job("payments.resolve")):
        payments.resolve_undecided(house=house)
    for account in online:
        draw = chance(bank.seed, "payment", account.id, on)
        place = draw.random()
        if account.opened_on >= on or place >= TOP_UPS + WITHDRAWALS:
            continue
        cards = accounts.bound_cards(account.id)
        balance = ledger.balance(account.id)
        direction = "in" if place < TOP_UPS else "out"
        amount = draw.randint(*TOP_UP_YUAN) * YUAN
        if direction == "out":
            amount = min(amount, balance // YUAN * YUAN)
        if not cards or not amount:
            continue
        pay = payments.top_up if direction == "in" else payments.withdraw
        with _as_customer(account.party_id, on, _some_time(draw)):
            try:
                pay(account.id, cards[0].id, amount, f"demo-{on}", house=house)
                moved += 1
            except LitiError:
                continue  # beyond the cap of its class: the page would say so too
    return moved


def careful_answers() -> dict[str, str]:
    """One careful person's answers to the risk questionnaire."""
    questions = market.questionnaire()["questions"]
    return {q["code"]: q["options"][len(q["options"]) // 2]["code"] for q in questions}


@contextmanager
def _as_staff(username: str, on: date, at: time) -> Iterator[None]:
    with living_at(datetime.combine(on, at, BANK_ZONE)), acting(by_name(username)):
        yield


@contextmanager
def _as_customer(party_id: UUID, on: date, at: time) -> Iterator[None]:
    customer = Actor("customer", f"customer:{party_id}", party_id=party_id)
    with living_at(datetime.combine(on, at, BANK_ZONE)), acting(customer):
        yield


def _some_time(draw: random.Random) -> time:
    return time(draw.randrange(SHOP_OPENS, SHOP_CLOSES), draw.randrange(60))
