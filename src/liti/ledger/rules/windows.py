"""The days that postings may be booked on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from liti.ledger.rules.codes import Code


@dataclass(frozen=True, slots=True)
class Window:
    """The days that postings may be booked on, and how far their value date may lie off.

    `open_from` is the first day of the first period that is not closed.
    """

    first: date
    last: date
    value_days: int
    open_from: date = date.min

    def refusal(self, booked_on: date, value_on: date | None) -> Code | None:
        """Why nothing is booked on these days; None where it is."""
        if not is_day(booked_on) or not self.first <= booked_on <= self.last:
            return Code.BOOKED_OUTSIDE
        if value_on is not None and (
            not is_day(value_on) or abs((value_on - booked_on).days) > self.value_days
        ):
            return Code.BOOKED_OUTSIDE
        return Code.PERIOD_CLOSED if booked_on < self.open_from else None


def is_day(value: object) -> bool:
    """Whether it is a day without an hour."""
    return isinstance(value, date) and not isinstance(value, datetime)
