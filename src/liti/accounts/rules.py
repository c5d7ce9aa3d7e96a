"""What an account may do today: pure decisions on classes, numbers and cards."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

from stdnum import luhn

from liti.core.states import StateMachine


class AccountClass(StrEnum):
    """Classes of the personal account rules (银发〔2016〕302号), and the enterprise account."""

    I = "I"  # noqa: E741  the regulation's own name
    II = "II"
    III = "III"
    ENTERPRISE = "enterprise"


class Status(StrEnum):
    """Life of an electronic account."""

    ACTIVE = "active"
    FROZEN = "frozen"
    DORMANT = "dormant"
    CLOSED = "closed"


class CardStatus(StrEnum):
    """Life of a binding between an account and another bank's card."""

    APPLIED = "applied"
    VERIFYING = "verifying"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    UNBOUND = "unbound"


ACCOUNT_STATES = StateMachine(
    "accounts.account",
    {
        "active": ("frozen", "dormant", "closed"),
        "frozen": ("active",),
        "dormant": ("active", "closed"),
        "closed": (),
    },
)
CARD_STATES = StateMachine(
    "accounts.bound_card",
    {
        "applied": ("verifying", "unbound"),
        "verifying": ("active", "unbound"),
        "active": ("suspended", "unbound"),
        "suspended": ("active", "unbound"),
        "unbound": (),
    },
)
NUMBER_PREFIX = "6901"
PAN_LENGTHS = range(12, 20)
SHORT_PAN = 15


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of one class on a day, in minor units; None where the rule sets none."""

    balance_max_minor: int | None = None
    unbound_out_per_day_minor: int | None = None
    unbound_out_per_year_minor: int | None = None
    unbound_in_allowed: bool = True


@dataclass(frozen=True, slots=True)
class Movement:
    """Money that wants to move, with what the account used already (minor units)."""

    direction: str
    amount_minor: int
    bound: bool
    balance_minor: int
    used_today_minor: int = 0
    used_this_year_minor: int = 0


def status_allows(status: str, movement: Movement) -> bool:
    """Whether an account in this status may move money so.

    A sleeping account may always pay out to its bound card (banks' practice under
    银发〔2016〕261号); a frozen or closed one moves nothing.
    """
    to_bound_card = movement.direction == "out" and movement.bound
    return status == Status.ACTIVE or (status == Status.DORMANT and to_bound_card)


def refusal(limits: Limits, movement: Movement) -> str | None:
    """Why the class does not allow the movement (a code), or None.

    Movements to and from a bound card count in no limit but the balance cap
    (银发〔2016〕302号, 银发〔2018〕16号).
    """
    if movement.direction == "in":
        if not movement.bound and not limits.unbound_in_allowed:
            return "unbound_in"
        after = movement.balance_minor + movement.amount_minor
        if limits.balance_max_minor is not None and after > limits.balance_max_minor:
            return "balance_cap"
        return None
    if movement.bound:
        return None
    day, year = limits.unbound_out_per_day_minor, limits.unbound_out_per_year_minor
    if day is not None and movement.used_today_minor + movement.amount_minor > day:
        return "day_limit"
    if year is not None and movement.used_this_year_minor + movement.amount_minor > year:
        return "year_limit"
    return None


def account_number(serial: int) -> str:
    """An account number: prefix, 12 digits, Luhn check digit (ISO/IEC 7812-1)."""
    return with_check_digit(f"{NUMBER_PREFIX}{serial:012d}")


def with_check_digit(body: str) -> str:
    """Digits with the one after them that makes the whole pass the Luhn check."""
    return body + luhn.calc_check_digit(body)


def pan_problem(pan: str) -> str | None:
    """What is wrong with a card number (a code), or None."""
    if not pan.isascii() or not pan.isdigit():
        return "not_digits"
    if len(pan) not in PAN_LENGTHS:
        return "length"
    return None if luhn.is_valid(pan) else "check_digit"


def masked_pan(pan: str) -> str:
    """First six and last four, as on a receipt; of a short number the last four only."""
    first = pan[:6] if len(pan) >= SHORT_PAN else ""
    return f"{first}{'*' * (len(pan) - len(first) - 4)}{pan[-4:]}"


def pan_token(pan: str, secret: str) -> str:
    """A keyed fingerprint: the same card is recognised, its number not kept."""
    return hashlib.blake2b(pan.encode(), key=secret.encode()[:64], digest_size=20).hexdigest()


def is_month_end(day: date) -> bool:
    """Whether it is the last day of its month, on which interest and fees are due."""
    return (day + timedelta(days=1)).day == 1


def interest_minor(daily_sum_minor: int, rate_annual: Decimal, days_of_year: int) -> int:
    """Sum of end-of-day balances (积数) × annual rate / days of the year, half-up to a cent.

    中国人民币利率管理规定 (银发〔1999〕77号) names this way of reckoning 积数计息法.
    """
    exact = Decimal(daily_sum_minor) * rate_annual / days_of_year
    return int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
