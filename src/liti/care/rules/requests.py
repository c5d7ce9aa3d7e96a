"""The states of a request, its deadline and how far it is escalated: pure."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from liti.core.states import StateMachine

# An answer that does not satisfy brings the request back; a closed one can be reopened.
REQUEST_STATES = StateMachine(
    "care.request",
    {
        "received": ("assigned", "answered", "closed"),
        "assigned": ("assigned", "answered", "closed"),
        "answered": ("closed", "received"),
        "closed": ("received",),
    },
)
ESCALATIONS = ("warned", "broken", "risk")


def due_on(opened: date, days: int, is_business_day: Callable[[date], bool]) -> date:
    """The last day to answer: `days` business days after the day of receipt, which does not
    count (民法典 第二百零一条: 按照日计算期间的，开始的当日不计入，自下一日开始计算)."""
    day, left = opened, days
    while left:
        day += timedelta(days=1)
        left -= is_business_day(day)
    return day


def business_days_between(first: date, last: date, is_business_day: Callable[[date], bool]) -> int:
    """Business days after `first` up to and with `last`; negative when `last` is earlier."""
    if last < first:
        return -business_days_between(last, first, is_business_day)
    days = (last - first).days
    return sum(is_business_day(first + timedelta(days=n)) for n in range(1, days + 1))


def level(left: int, warn_days: int, risk_days: int) -> int:
    """How far an unanswered request is escalated when a day ends with `left` business days to
    its deadline: 0 not, 1 the deadline is near, 2 broken, 3 brought before risk."""
    if left <= -risk_days:
        return 3
    if left <= 0:
        return 2
    return 1 if left <= warn_days else 0
