"""Schedules and rates: exact, in minor units, the last period taking up the rounding."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput
from liti.core.states import StateMachine

CENT = Decimal(1)
DAYS_OF_YEAR = 360
MONTHS_OF_YEAR = 12
IRR_STEP = Decimal("1e-12")
IRR_DECIMALS = Decimal("1e-10")
IRR_MONTHLY_MAX = Decimal(10_000)


class Method(StrEnum):
    """How a loan is paid back."""

    EQUAL_INSTALMENT = "equal_instalment"  # 等额本息
    EQUAL_PRINCIPAL = "equal_principal"  # 等额本金
    INTEREST_FIRST = "interest_first"  # 先息后本
    BULLET = "bullet"  # 到期还本付息


class ContractStatus(StrEnum):
    """Life of a loan contract."""

    RUNNING = "running"  # paid as agreed so far
    IN_ARREARS = "in_arrears"  # an instalment is overdue
    SETTLED = "settled"  # paid back in full
    ENDED_UNPAID = "ended_unpaid"  # the term is over, the debt is not paid


CONTRACT_STATES = StateMachine(
    "lending.contract",
    {
        "running": ("in_arrears", "settled"),
        "in_arrears": ("running", "settled", "ended_unpaid"),
        "ended_unpaid": ("settled",),
        "settled": (),
    },
)


class CollectionState(StrEnum):
    """What became of an instalment that was due."""

    WAITING = "waiting"  # not collected yet; tried again on the next days
    PAID = "paid"  # collected
    MISSED = "missed"  # the days of trying are over: the contract is in arrears


COLLECTION_STATES = StateMachine(
    "lending.collection", {"waiting": ("paid", "missed"), "paid": (), "missed": ()}
)


@dataclass(frozen=True, slots=True)
class Instalment:
    """One period of a schedule, in minor units."""

    period: int
    due_on: date
    principal_minor: int
    interest_minor: int

    @property
    def amount_minor(self) -> int:
        return self.principal_minor + self.interest_minor


def add_months(day: date, months: int) -> date:
    """The same day some months later; the last day of a shorter month."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(day.day, last))


def schedule(
    principal_minor: int, rate_annual: Decimal, months: int, signed_on: date, method: Method
) -> list[Instalment]:
    """The whole schedule (rate / 12 a month, half-up to cents, rounding in the last period)."""
    with localcontext() as context:
        context.prec = 40
        rate = rate_annual / MONTHS_OF_YEAR
        parts = _parts(principal_minor, rate, months, method)
    return [
        Instalment(n, add_months(signed_on, n), principal, interest)
        for n, (principal, interest) in enumerate(parts, start=1)
    ]


def recorded_schedule(
    principal_minor: int,
    instalment_minor: int,
    months: int,
    signed_on: date,
    rate_annual: Decimal = Decimal(0),
) -> list[Instalment]:
    """Equal instalments as the contract records them; of each, the month's interest comes first.

    All instalments are the recorded one, the last as well: its interest takes up the rounding.
    """
    rate = rate_annual / MONTHS_OF_YEAR
    rows = []
    left = principal_minor
    for n in range(1, months + 1):
        part = left if n == months else instalment_minor - _round(left * rate)
        rows.append(Instalment(n, add_months(signed_on, n), part, instalment_minor - part))
        left -= part
    return rows


def lent_for(instalment_minor: int, months: int, rate_annual: Decimal) -> int:
    """What equal instalments pay back at a rate (their present value), half-up to cents."""
    if not rate_annual:
        return instalment_minor * months
    with localcontext() as context:
        context.prec = 40
        growth = (1 + rate_annual / MONTHS_OF_YEAR) ** months
        return _round(instalment_minor * (growth - 1) / (growth * rate_annual / MONTHS_OF_YEAR))


def _parts(principal: int, rate: Decimal, months: int, method: Method) -> list[tuple[int, int]]:
    if method is Method.BULLET:
        return [(0, 0)] * (months - 1) + [(principal, _round(principal * rate * months))]
    if method is Method.INTEREST_FIRST:
        interest = _round(principal * rate)
        return [(0, interest)] * (months - 1) + [(principal, interest)]
    instalment = _equal_instalment(principal, rate, months)
    left, parts = principal, []
    for n in range(1, months + 1):
        interest = _round(left * rate)
        if method is Method.EQUAL_PRINCIPAL:
            part = _round(Decimal(principal) / months)
        else:
            part = instalment - interest
        # Rounded-up parts of a tiny loan may use it up before its last period.
        part = left if n == months else min(part, left)
        parts.append((part, interest))
        left -= part
    return parts


def _equal_instalment(principal: int, rate: Decimal, months: int) -> int:
    if not rate:
        return _round(Decimal(principal) / months)
    growth = (1 + rate) ** months
    return _round(principal * rate * growth / (growth - 1))


def interest_by_day(principal_minor: int, rate_annual: Decimal, days: int) -> int:
    """随借随还: balance × rate / 360 × days, half-up."""
    return _round(principal_minor * rate_annual * days / DAYS_OF_YEAR)


def monthly_irr(principal_minor: int, payments_minor: Sequence[int]) -> Decimal:
    """The monthly rate at which the payments are worth the principal, to ten decimals.

    By bisection in a span that is widened until it holds the rate; a loan that pays back less
    than was lent has a negative rate. PBOC Announcement 2021 No. 3: the annual rate shown
    counts all costs over the principal actually used. Raises InvalidInput where no rate up
    to IRR_MONTHLY_MAX is the right one (nothing paid back, nothing lent).
    """
    if principal_minor <= 0 or sum(payments_minor) <= 0 or min(payments_minor) < 0:
        raise _no_rate()
    with localcontext() as context:
        context.prec = 60

        def worth(rate: Decimal) -> Decimal:
            growth = 1 + rate
            return sum((p / growth**n for n, p in enumerate(payments_minor, start=1)), Decimal(0))

        low, high = Decimal("-0.5"), Decimal(1)
        while worth(high) > principal_minor:
            high *= 2
            if high > IRR_MONTHLY_MAX:
                raise _no_rate()
        while worth(low) < principal_minor:
            low = (low - 1) / 2
            if 1 + low < IRR_STEP:
                raise _no_rate()
        while high - low > IRR_STEP:
            middle = (low + high) / 2
            low, high = (middle, high) if worth(middle) > principal_minor else (low, middle)
        return ((low + high) / 2).quantize(IRR_DECIMALS)


def _no_rate() -> InvalidInput:
    return InvalidInput(
        "lending.no_rate",
        _("No rate makes these payments worth what was lent."),
        remedy=_("Check principal and payments."),
    )


def annual_rates(principal_minor: int, payments_minor: Sequence[int]) -> tuple[Decimal, Decimal]:
    """(simple, compound) annual rates as fractions."""
    monthly = monthly_irr(principal_minor, payments_minor)
    return monthly * MONTHS_OF_YEAR, (1 + monthly) ** MONTHS_OF_YEAR - 1


def _round(value: Decimal) -> int:
    return int(value.quantize(CENT, rounding=ROUND_HALF_UP))
