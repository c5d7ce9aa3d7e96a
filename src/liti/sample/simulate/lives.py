"""Accounts on their way: what each one has, owes and lives like."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from liti.core import params
from liti.lending.queries import LoanKey
from liti.sample import source
from liti.sample.books.chain import Chained
from liti.sample.simulate.month import Who, chance


@dataclass(slots=True)
class Debt:
    """A loan on its way. `paid` counts instalments; `misses` are never paid (status B and D)."""

    key: LoanKey
    paid: int
    misses: int

    def due_until(self, day: date) -> list[tuple[date, int, int]]:
        """Instalments (due on, principal, interest) that are due and still to be paid."""
        last = len(self.key.due) - (self.misses if self.key.status == "ended_unpaid" else 0)
        return [line for line in self.key.due[self.paid : last] if line[0] <= day]


@dataclass(slots=True)
class Life:
    """One account on its way. It is simulated from `lives_from` on."""

    who: Who
    id: UUID
    balance_minor: int
    floor_minor: int
    order_day: int
    fee_minor: int
    debts: Sequence[Debt]
    lives_from: date
    begun: bool


def order_day(seed: int, account: int) -> int:
    """The day of the month on which an account's standing orders are due."""
    return chance(seed, "order_day", account).randint(5, 14)


def cards_of(shift: timedelta) -> dict[int, list[date]]:
    """When the cards of each account were issued."""
    account_of = {h.id: h.account_id for h in source.holders()}
    cards: dict[int, list[date]] = defaultdict(list)
    for card in source.cards():
        cards[account_of[card.holder_id]].append(card.issued_on + shift)
    return cards


def orders_of() -> dict[int, list[source.Order]]:
    """Standing orders by account, without those for loans: instalments come from contracts."""
    orders: dict[int, list[source.Order]] = defaultdict(list)
    for order in source.orders():
        if order.symbol != "UVER":
            orders[order.account_id].append(order)
    return orders


def everybody(
    accounts: Sequence[source.Account], born: Mapping[int, date], shift: timedelta
) -> dict[int, Who]:
    """Who lives on which account."""
    cards, orders = cards_of(shift), orders_of()
    return {a.id: Who(a, born[a.id], cards.get(a.id, ()), orders.get(a.id, ())) for a in accounts}


def debts_of(
    loans: Sequence[LoanKey], rows: Sequence[Chained], shift: timedelta, yesterday: date, seed: int
) -> list[Debt]:
    """Loans with what the real rows show paid, and how many of the instalments due until the
    bank's last day are missed."""
    debts = []
    for key in loans:
        paid = sum(c.row.symbol == "UVER" and key.signed_on < c.row.day + shift for c in rows)
        debts.append(Debt(key, paid, missed(key, yesterday, seed)))
    return debts


def missed(key: LoanKey, yesterday: date, seed: int) -> int:
    """How many instalments a contract in debt has missed by the bank's last day; of a running
    one those that came due last, at most all but one."""
    if key.status not in ("ended_unpaid", "in_arrears"):
        return 0
    bounds = params.get("sample.missed_instalments", scope=key.status)
    draw = chance(seed, "missed", key.number)
    due = sum(line[0] <= yesterday for line in key.due)
    return min(draw.randint(int(bounds["least"]), int(bounds["most"])), max(1, due - 1))


def stops_paying_on(debt: Debt, yesterday: date) -> date:
    """From which day on a running contract in debt is not paid any more."""
    due = [line[0] for line in debt.key.due if line[0] <= yesterday]
    if debt.key.status == "in_arrears" and debt.misses:
        return due[-debt.misses] if len(due) >= debt.misses else date.min
    return date.max
