"""Pure rules of the room: days and months as numbers, tiers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

EPOCH = date(1970, 1, 1).toordinal()


def day_number(day: date) -> int:
    """Days since 1970-01-01."""
    return day.toordinal() - EPOCH


def month_number(day: date) -> int:
    """Months since year 0."""
    return day.year * 12 + day.month - 1


def month_start(number: int) -> date:
    """First day of a numbered month."""
    return date(number // 12, number % 12 + 1, 1)


def tier(average_minor: int, bounds_minor: Mapping[str, int]) -> str:
    """The highest tier whose lower bound the daily average reaches."""
    reached = [(bound, name) for name, bound in bounds_minor.items() if average_minor >= bound]
    return max(reached)[1] if reached else min(bounds_minor, key=bounds_minor.__getitem__)
