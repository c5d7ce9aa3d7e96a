"""Arithmetic of the money-market sweep: pure, exact, cut to cents with the rest carried."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal, InvalidOperation
from math import prod

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput

SHARES_BASE = 10_000
HORIZON_DAYS_MAX = 30
YIELD_DAYS, YEAR_DAYS = 7, 365


@dataclass(frozen=True, slots=True)
class Income:
    """A day's income of one holding: whole cents paid (or lost), the part of a cent carried on,
    and what of a loss the holding could not carry."""

    income_minor: int
    remainder_minor: Decimal
    borne_minor: int = 0


def income_of(
    shares_minor: int,
    yield_per_10000: Decimal,
    carried_minor: Decimal,
    left_minor: int | None = None,
) -> Income:
    """万份收益 × shares / 10,000, cut down to cents; what is cut off is added the next day.

    `shares_minor`: shares in hundredths (a share is one yuan). `yield_per_10000`: yuan on
    10,000 shares for the day, below zero on a day of loss. `left_minor`: confirmed shares that
    are still held; a loss takes no more than these, and the fund bears the rest.
    DOMAIN vector: 12,345.67 × 0.6543 / 10,000 = 0.80.
    """
    exact = shares_minor * yield_per_10000 / SHARES_BASE + carried_minor
    whole = int(exact.to_integral_value(rounding=ROUND_FLOOR))
    if left_minor is not None and whole < -left_minor:
        return Income(-left_minor, Decimal(0), -left_minor - whole)
    return Income(whole, exact - whole)


def parse_yield(text: str) -> Decimal:
    """Yuan on 10,000 shares with at most four decimals; below zero for a day of loss, as
    money-market funds have had them. Raises InvalidInput."""
    try:
        value = Decimal(text)
        if value.is_finite() and -1_000 < value < 1_000 and value == round(value, 4):
            return value
    except InvalidOperation:
        pass
    raise InvalidInput(
        "wealth.bad_yield",
        _("“%(text)s” is not a day's yield on 10,000 shares.") % {"text": text[:40]},
        remedy=_("Write it in yuan, for example 0.6543, or -0.0409 for a day of loss."),
    )


def seven_day_yield(incomes: Sequence[Decimal]) -> Decimal:
    """The annualised yield of seven days as a share of one, to five decimals (0.03717 is 3.717%).

    Income is added to the shares each day, so the days compound: (∏ (1 + Rᵢ/10,000))^(365/7) − 1,
    《货币市场基金信息披露特别规定》. `incomes`: yuan on 10,000 shares of each of the seven days.
    """
    assert len(incomes) == YIELD_DAYS, len(incomes)
    grown = prod((1 + income / SHARES_BASE for income in incomes), start=Decimal(1))
    return round(grown ** (Decimal(YEAR_DAYS) / YIELD_DAYS) - 1, 5)


def confirmed_on(booked_on: date, is_trading_day: Callable[[date], bool]) -> date:
    """The day on which a subscription is confirmed and begins to earn: T+1 in trading days.

    T is the booking day when it is a trading day, otherwise the next one.
    """
    trade_day = booked_on if is_trading_day(booked_on) else _next(booked_on, is_trading_day)
    return _next(trade_day, is_trading_day)


def redeemable_today(confirmed_minor: int, redeemed_today_minor: int, max_minor: int) -> int:
    """What can be taken out at once: confirmed shares, within the investor's limit of the day."""
    return max(0, min(confirmed_minor, max_minor - redeemed_today_minor))


def _next(day: date, is_trading_day: Callable[[date], bool]) -> date:
    for offset in range(1, HORIZON_DAYS_MAX):
        if is_trading_day(candidate := day + timedelta(days=offset)):
            return candidate
    raise AssertionError("a calendar without a trading day in a month is not a calendar")
