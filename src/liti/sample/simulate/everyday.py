"""What the sample's people do on a day: cash, cards, salaries. The rest is the bank's own work."""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.sample import names, source
from liti.sample.simulate.carry_on import (
    CARD_STEPS_MINOR,
    CARD_USES_PER_MONTH,
    COUNTERS,
    RICH_TIMES,
    chance,
    donor_of,
)
from liti.sample.simulate.rhythm import Donor, Rhythm

# Interest, fees, orders and instalments are what the day's end does.
THE_BANKS = {"statement_fee", "interest"}


@dataclass(slots=True)
class Everyday:
    """The people's month by day, drawn when its first day is asked for; the same on every run."""

    accounts: Sequence[source.Account]
    ids: Mapping[int, UUID]
    rhythm: Rhythm
    cards: Mapping[int, Sequence[date]]
    seed: int
    _donors: dict[int, Donor] = field(default_factory=dict)
    _months: dict[tuple[int, int], dict[int, list[tuple[int, str, int]]]] = field(
        default_factory=dict
    )

    def movements(self, day: date) -> list[TransferRequest]:
        """The day's transfers. Whoever has far more than usual spends double."""
        if not self.rhythm.donors:
            return []
        wishes = self._month(day.year, day.month)[day.day]
        balances = ledger_queries.balances([self.ids[account] for account, *_rest in wishes])
        counters = {k: ledger_queries.internal_account(c) for k, c in COUNTERS.items()}
        clearing = ledger_queries.internal_account("clearing.interbank")
        found = []
        for place, (account, kind, change) in enumerate(wishes):
            id = self.ids[account]
            usual = max(self._donors[account].usual_balance_minor, 100_000)
            if change < 0 and balances.get(id, 0) > RICH_TIMES * usual:
                change *= 2
            other = counters.get(kind, clearing)
            sides = (other, id) if change > 0 else (id, other)
            found.append(
                TransferRequest(
                    id=uuid7_at(names.at(day, place), "sample.day", account, day, place),
                    debit_account_id=sides[0],
                    credit_account_id=sides[1],
                    amount_minor=abs(change),
                    kind=kind,
                    booked_on=day,
                    origin="simulated",
                )
            )
        return found

    def _month(self, year: int, month: int) -> dict[int, list[tuple[int, str, int]]]:
        """Day → (account, kind, change) of the month."""
        if (year, month) in self._months:
            return self._months[year, month]
        last = calendar.monthrange(year, month)[1]
        days: dict[int, list[tuple[int, str, int]]] = defaultdict(list)
        for account in self.accounts:
            draw = chance(self.seed, "month", account.id, year, month)
            donor = self._donor(account.id)
            for beat in donor.month_like(month, draw.getrandbits(16)):
                if beat.kind in THE_BANKS:
                    continue
                step = 100 if beat.kind.startswith("cash") else 10
                change = round(beat.change_minor * draw.randint(95, 105) / (100 * step)) * step
                if change:
                    days[min(beat.day, last)].append((account.id, beat.kind, change))
            for issued in self.cards.get(account.id, ()):
                if issued <= date(year, month, 1) and draw.random() < CARD_USES_PER_MONTH:
                    amount = draw.randrange(*CARD_STEPS_MINOR)
                    days[draw.randint(1, last)].append((account.id, "card_withdrawal", -amount))
        self._months[year, month] = days
        return days

    def _donor(self, account: int) -> Donor:
        if account not in self._donors:
            self._donors[account] = donor_of(self.seed, account, self.rhythm)
        return self._donors[account]
