"""What the sample's people do on a day: cash, cards, salaries. The rest is the bank's own work."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.lending.queries import LoanKey
from liti.sample import names
from liti.sample.simulate.carry_on import COUNTERS, HUNDRED
from liti.sample.simulate.lives import order_day
from liti.sample.simulate.month import SPENDING, Who, planned
from liti.sample.simulate.rhythm import Rhythm, age_in_months

AHEAD = timedelta(days=2)  # so long before an instalment the borrower sees to the money


@dataclass(slots=True)
class Everyday:
    """The people's month by day, drawn when its first day is asked for."""

    people: Mapping[int, Who]
    ids: Mapping[int, UUID]
    loans: Mapping[UUID, list[LoanKey]]
    rhythm: Rhythm
    seed: int
    _months: dict[tuple[int, int], dict[int, list[tuple[int, str, int]]]] = field(
        default_factory=dict
    )

    def movements(self, day: date) -> list[TransferRequest]:
        """The day's transfers. Nobody spends what his orders and his loan will soon take;
        who has too little for the next instalment pays it in."""
        if not self.rhythm.donors:
            return []
        wishes = self._month(day.year, day.month)[day.day]
        balances = ledger_queries.balances([self.ids[account] for account, *_rest in wishes])
        found = []
        for place, (account, kind, change) in enumerate(wishes):
            id = self.ids[account]
            if kind in SPENDING and balances.get(id, 0) + change < self._kept(account, day):
                continue
            balances[id] = balances.get(id, 0) + change
            found.append(self._transfer(day, place, account, kind, change))
        for place, (account, missing) in enumerate(self._short(day), start=len(wishes)):
            found.append(self._transfer(day, place, account, "cash_deposit", missing))
        return found

    def _transfer(
        self, day: date, place: int, account: int, kind: str, change: int
    ) -> TransferRequest:
        other = ledger_queries.internal_account(COUNTERS.get(kind, "clearing.interbank"))
        id = self.ids[account]
        sides = (other, id) if change > 0 else (id, other)
        return TransferRequest(
            id=uuid7_at(names.at(day, place), "sample.day", account, day, kind, place),
            debit_account_id=sides[0],
            credit_account_id=sides[1],
            amount_minor=abs(change),
            kind=kind,
            booked_on=day,
            origin="simulated",
        )

    def _kept(self, account: int, day: date) -> int:
        """What the orders and the instalments of the month that are still to come will take."""
        who, kept = self.people[account], 0
        if order_day(self.seed, account) >= day.day:
            kept += who.orders_minor
        for loan in self.loans.get(self.ids[account], ()):
            if loan.status == "running":
                kept += sum(
                    principal + interest
                    for on, principal, interest in loan.due
                    if day <= on and (on.year, on.month) == (day.year, day.month)
                )
        return kept

    def _short(self, day: date) -> list[tuple[int, int]]:
        """(account, what is missing) of those whose instalment is due within `AHEAD`."""
        due: dict[int, int] = {}
        for account in self.people:
            for loan in self.loans.get(self.ids[account], ()):
                for on, principal, interest in loan.due:
                    if day <= on <= day + AHEAD and loan.status == "running":
                        due[account] = due.get(account, 0) + principal + interest
        balances = ledger_queries.balances([self.ids[account] for account in due])
        short = []
        for account, amount in due.items():
            orders = self._kept(account, day) - amount
            missing = amount + max(0, orders) - balances.get(self.ids[account], 0)
            if missing > 0:
                short.append((account, -(-missing // HUNDRED) * HUNDRED))
        return short

    def _month(self, year: int, month: int) -> dict[int, list[tuple[int, str, int]]]:
        """Day → (account, kind, change) of the month."""
        if (year, month) in self._months:
            return self._months[year, month]
        last = calendar.monthrange(year, month)[1]
        first, end = date(year, month, 1), date(year, month, last)
        days: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        balances = ledger_queries.balances(list(self.ids.values()))
        for number, who in self.people.items():
            if age_in_months(who.account.opened_on, year, month) < 1:
                continue
            balance = balances.get(self.ids[number], 0)
            fixed = who.orders_minor + self._instalments(number, first, end)
            plan = planned(who, year, month, balance, fixed, self.seed, self.rhythm)
            for day, kind, change in plan:
                days[min(day, last)].append((number, kind, change))
        self._months[year, month] = days
        return days

    def _instalments(self, account: int, first: date, end: date) -> int:
        return sum(
            principal + interest
            for loan in self.loans.get(self.ids[account], ())
            if loan.status == "running"
            for on, principal, interest in loan.due
            if first <= on <= end
        )
