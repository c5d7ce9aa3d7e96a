"""What an account lives on: a pension, a salary or what its owner pays in."""

from __future__ import annotations

import random
from collections.abc import Collection
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from liti.sample import source

# Of the real bank's owners of 60 or more in 1993 nearly everybody (184 of 187) gets a pension;
# below 54 nobody does. Where the source doesn't show it, the pension begins at 60.
PENSION_AGE_DAYS = 60 * 365 + 15


class Income(StrEnum):
    """Where the money comes from, as the source shows it."""

    PENSION = "pension"  # DUCHOD
    SALARY = "salary"  # PREVOD Z UCTU, the same sum each month
    CASH = "cash"  # VKLAD


@cache
def recorded() -> dict[int, Income]:
    """The income of each account that the source has rows of."""
    found: dict[int, Income] = {}
    for row in (*source.transactions(), *source.later_transactions()):
        if row.symbol == "DUCHOD":
            found[row.account_id] = Income.PENSION
        elif row.operation == "PREVOD Z UCTU":
            found.setdefault(row.account_id, Income.SALARY)
    for row in (*source.transactions(), *source.later_transactions()):
        found.setdefault(row.account_id, Income.CASH)
    return found


@cache
def _share_of_salaries() -> float:
    """How many of the accounts without a pension get a salary."""
    kinds = list(recorded().values())
    salaries = kinds.count(Income.SALARY)
    return salaries / max(1, salaries + kinds.count(Income.CASH))


def income_of(seed: int, account: int, born: date, on: date) -> Income:
    """What an account lives on, on a day (both dates in one time). A pension once paid stays;
    whoever reaches the age gets one; the others' share of salaries is the source's own."""
    kind = recorded().get(account)
    if kind is Income.PENSION or on - born >= timedelta(days=PENSION_AGE_DAYS):
        return Income.PENSION
    if kind is None:
        draw = random.Random(f"{seed}/income/{account}").random()
        kind = Income.SALARY if draw < _share_of_salaries() else Income.CASH
    return kind


def salaried(seed: int, clients: Collection[int]) -> set[int]:
    """Which of these clients own an account that gets a salary; all of them are below the
    age of a pension."""
    account_of = {h.client_id: h.account_id for h in source.holders() if h.owner}
    return {
        client
        for client in clients
        if income_of(seed, account_of.get(client, client), date.max, date.min) is Income.SALARY
    }
