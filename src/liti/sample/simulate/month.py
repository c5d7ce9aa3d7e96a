"""A month as people plan it: what comes in, what goes out, and that the level is kept."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liti.sample import source
from liti.sample.incomes import Income, income_of
from liti.sample.simulate.rhythm import Donor, Rhythm, age_in_months

STEADY = {"pension", "transfer_in"}  # the same sum each month, as in the source
SPENDING = ("cash_withdrawal", "card_withdrawal")
DRAWN_BACK_MONTHS = 6  # a balance off its level comes back in about so many months
SPENDING_TIMES = (0.4, 2.0)  # the least and the most of the usual spending
PAYING_IN_TIMES_MAX = 1.5
OWN_SCALE = (0.9, 1.1)  # a customer's sums against those of the real account he lives like


@dataclass(slots=True)
class Who:
    """An account as its owner lives on it."""

    account: source.Account
    born: date
    cards: Sequence[date]
    orders: Sequence[source.Order]
    donor: Donor | None = None
    scale: float = 1.0

    @property
    def orders_minor(self) -> int:
        return sum(order.amount_minor for order in self.orders)


def chance(seed: int, *what: object) -> random.Random:
    """Chance of its own for each thing, so that one drawing does not move another."""
    return random.Random("/".join(map(str, (seed, *what))))


def find_donor(who: Who, on: date, seed: int, rhythm: Rhythm) -> Donor:
    """Whose months he lives; anew when he comes to the age of a pension."""
    account = who.account.id
    income = income_of(seed, account, who.born, on)
    if who.donor is None or (income is Income.PENSION and who.donor.income is not income):
        draw = chance(seed, "donor", account, income)
        who.donor = rhythm.donor(account, income, who.orders_minor, draw)
        who.scale = 1.0 if who.donor.account == account else draw.uniform(*OWN_SCALE)
    return who.donor


def planned(
    who: Who,
    year: int,
    month: int,
    balance_minor: int,
    fixed_minor: int,
    seed: int,
    rhythm: Rhythm,
) -> list[tuple[int, str, int]]:
    """(day, kind, change) of what the account's people do in a month, by day.

    `fixed_minor` is what leaves it by order and instalment. Spending follows the balance: what
    is above the account's usual level is spent in some months, what is below saved.
    """
    account = who.account.id
    draw = chance(seed, "month", account, year, month)
    donor = find_donor(who, date(year, month, 1), seed, rhythm)
    age = age_in_months(who.account.opened_on, year, month)
    wishes = []
    for beat in donor.month_of(age, month, draw.getrandbits(16)):
        times = who.scale if beat.kind in STEADY else who.scale * draw.uniform(0.95, 1.05)
        wishes.append((beat.day, beat.kind, _to_hundreds(beat.change_minor * times)))
    for issued in who.cards:
        if issued <= date(year, month, 1):
            for _use in range(_uses(draw, rhythm.card_uses)):
                amount = draw.choice(rhythm.card_amounts_minor)
                wishes.append((draw.randint(1, 28), "card_withdrawal", -amount))
    factors = dict.fromkeys(SPENDING, 1.0)
    if age >= len(donor.young):
        factors |= _kept_to_level(donor, who.scale, balance_minor, fixed_minor)
    level = []
    for day, kind, change in wishes:
        changed = _to_hundreds(change * factors[kind]) if kind in factors else change
        if changed:
            level.append((day, kind, changed))
    return sorted(level)


def _kept_to_level(
    donor: Donor, scale: float, balance_minor: int, fixed_minor: int
) -> dict[str, float]:
    """By how much withdrawals (and payments in) change, so that the balance comes back to the
    donor's level: months differ as they do in the source, what they bring on average does not."""
    sums = {kind: scale * minor for kind, minor in donor.sums_minor.items()}
    missing = donor.usual_balance_minor - balance_minor
    gap = missing / DRAWN_BACK_MONTHS - (sum(sums.values()) - fixed_minor)
    found: dict[str, float] = {}
    if spent := -sums["cash_withdrawal"]:
        least, most = SPENDING_TIMES
        found["cash_withdrawal"] = min(max(1 - gap / spent, least), most)
        gap -= spent * (1 - found["cash_withdrawal"])
    if gap > 0 and sums["cash_deposit"]:
        found["cash_deposit"] = min(1 + gap / sums["cash_deposit"], PAYING_IN_TIMES_MAX)
    return found


def _uses(draw: random.Random, mean: float) -> int:
    """A whole number with the mean."""
    whole = int(mean)
    return whole + (draw.random() < mean - whole)


def _to_hundreds(change: float) -> int:
    return round(change / 100) * 100
