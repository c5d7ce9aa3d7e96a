"""The demonstration's last days: people do things, funds report, then the bank ends its day."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from liti.accounts import queries as accounts
from liti.core.clock import business_date
from liti.core.delivery import deliver_pending
from liti.day import queries as day_queries
from liti.day import services as day_services
from liti.ledger import queries as ledger
from liti.market import queries as market_queries
from liti.market import services as market
from liti.parties import queries as parties
from liti.sample import acts, staff
from liti.sample import services as sample
from liti.sample.acts import FUND
from liti.sample.online import online_accounts
from liti.sample.people.identity import OF_AGE, age_on
from liti.sample.queries import SampleView
from liti.sample.simulate.month import chance
from liti.wealth import services as wealth

YIELD_DAYS = 60  # reported before the first day that is closed
ORDERS_SHARE = 0.04
ORDER_MIN_MINOR, ORDER_MAX_MINOR = 100_000, 5_000_000
EVENTS_MAX = 100_000

Advance = Callable[[int], None]


@dataclass(frozen=True, slots=True)
class _Buyer:
    account_id: UUID
    party_id: UUID
    draw: random.Random


def live(bank: SampleView, advance: Advance) -> dict[str, Any]:
    """Live and close one day after the other until the bank's business date is today's.

    A broken run goes on in the day where it was: what was done is recognised by its ids.
    """
    people = sample.everyday(bank)
    buyers = _buyers(bank)
    online = online_accounts(bank)
    bought: list[tuple[UUID, UUID]] = []
    wealth.record_yields(FUND, _past_yields(bank))
    counts = dict.fromkeys(
        ("days", "transfers", "orders", "contacts", "answers", "cancelled", "sold", "payments"), 0
    )
    for on in _open_days(bank):
        staff.say_goodbye(bank, on)
        counts["contacts"] += acts.release_plan(on)
        counts["transfers"] += sample.post_day(people.movements(on))
        today = [b for b in buyers.get(on, ()) if _buy(b)]
        counts["answers"] += acts.answer_contacts(bank, on)
        counts["cancelled"] += acts.think_again(bank, on, _orders_of(today))
        counts["sold"] += acts.sell(bank, on, bought)
        counts["payments"] += acts.move_money(bank, on, online)
        bought += [(b.party_id, b.account_id) for b in today]
        wealth.record_yields(FUND, {on: _yield(bank, on)})
        deliver_pending(EVENTS_MAX)
        sample.end_day(on, len(people.ids) + len(online))
        day_services.close_days(on)
        deliver_pending(EVENTS_MAX)
        counts["days"] += 1
        advance(1)
    closed = day_queries.history(bank.closed_days)
    seconds = sum(day.seconds for day in closed)
    last = day_queries.figures(["outreach.planned", "market.orders"], bank.closed_days)
    return counts | {
        "orders": sum(row.get("market.orders", 0) for row in last.values()),
        "planned": next(reversed(last.values()), {}).get("outreach.planned", 0),
        "close_seconds": round(seconds, 1),
        "close_seconds_a_day": round(seconds / max(1, len(closed)), 2),
    }


def _open_days(bank: SampleView) -> Iterator[date]:
    while (on := business_date()) < bank.business_date:
        yield on


def owners() -> list[tuple[UUID, UUID]]:
    """(account, owner) of all accounts, in a stable order."""
    return sorted(accounts.holders(ledger.account_ids("2011")).items())


def _buyers(bank: SampleView) -> dict[date, list[_Buyer]]:
    """Who wants to buy, by the day on which he does."""
    found: dict[date, list[_Buyer]] = defaultdict(list)
    customer = staff.customer_party()
    for account_id, party_id in owners():
        draw = chance(bank.seed, "orders", account_id)
        if draw.random() < ORDERS_SHARE and party_id != customer:
            on = bank.closed_from + timedelta(days=draw.randrange(max(1, bank.closed_days)))
            found[on].append(_Buyer(account_id, party_id, draw))
    return found


def _buy(buyer: _Buyer) -> bool:
    """The customer's purchase, as far as he has money and may buy."""
    amount = min(ORDER_MAX_MINOR, ledger.balance(buyer.account_id) // 2) // 10_000 * 10_000
    key = _key(buyer)
    if any(order.key == key for order in market_queries.orders_of(buyer.party_id)):
        return True
    born = parties.party(buyer.party_id).birth_date
    if amount < ORDER_MIN_MINOR or born is None or age_on(born, business_date()) < OF_AGE:
        return False  # only adults whose age is known can be assessed
    market.assess(buyer.party_id, acts.careful_answers())
    market.place_order(
        buyer.party_id,
        FUND,
        buyer.account_id,
        amount,
        channel="mobile",
        key=key,
        introduced_by=_introduced(buyer.party_id, buyer.draw),
    )
    return True


def _orders_of(buyers: Sequence[_Buyer]) -> list[tuple[UUID, UUID, UUID]]:
    """(customer, account, order) of what was bought."""
    return [
        (buyer.party_id, buyer.account_id, order.id)
        for buyer in buyers
        for order in market_queries.orders_of(buyer.party_id)
        if order.key == _key(buyer)
    ]


def _key(buyer: _Buyer) -> str:
    return f"demo-{buyer.account_id}"


def _yield(bank: SampleView, on: date) -> str:
    """A money-market fund's daily income on 10,000 shares, around 2 % a year (simulated)."""
    return str(Decimal(chance(bank.seed, "yield", on).randint(5200, 5900)).scaleb(-4))


def _past_yields(bank: SampleView) -> dict[date, str]:
    days = [bank.closed_from - timedelta(days=n) for n in range(YIELD_DAYS, 0, -1)]
    return {on: _yield(bank, on) for on in days}


def _introduced(party_id: UUID, draw: random.Random) -> list[market.Contribution]:
    """Who helped: the customer's manager where he has one, and sometimes a referrer."""
    code, department = parties.service_leads([party_id]).get(party_id, ("", ""))
    found = [market.Contribution("seller", "direct")]
    if code:
        found.append(market.Contribution("owner", department, staff_code=code))
    if draw.random() < 0.3:
        found.append(market.Contribution("referral", draw.choice(["cards", "corporate"])))
    return found
