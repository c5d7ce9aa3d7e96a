"""When a day may end; how a year's days look before their arrangement is published."""

from __future__ import annotations

from datetime import date, datetime, time

from liti.core.states import StateMachine

DAY_STATES = StateMachine(
    "day.day",
    {"closing": ("closed", "failed"), "failed": ("closing",), "closed": ()},
)
STEP_STATES = StateMachine(
    "day.step",
    {
        "waiting": ("running",),
        "running": ("done", "failed"),
        "failed": ("running",),
        "done": (),
    },
)
# Festivals on fixed days of the solar calendar: 全国年节及纪念日放假办法, Art. 2 (2024-11-10).
# Those of the lunar calendar, and which weekends are worked, are known by the yearly notice.
FIXED_HOLIDAYS = {
    (1, 1): "元旦",
    (5, 1): "劳动节",
    (5, 2): "劳动节",
    (10, 1): "国庆节",
    (10, 2): "国庆节",
    (10, 3): "国庆节",
}


def may_end(on: date, local_now: datetime, cut_off: time) -> bool:
    """A day that is over may end at any time, today's from the cut-off on, a later one never.

    `local_now`: the moment on the bank's own clock.
    """
    today = local_now.date()
    return on < today or (on == today and local_now.time() >= cut_off)


def provisional(day: date) -> tuple[bool, str]:
    """(business day?, name) by weekends and fixed festivals alone."""
    name = FIXED_HOLIDAYS.get((day.month, day.day), "")
    return day.weekday() < 5 and not name, name
