"""Commands of the day: close it, load a calendar."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time, timedelta
from pathlib import Path

from django.utils.translation import gettext as _

from liti.core import params
from liti.core.authority import command, open_to_all
from liti.core.clock import BANK_ZONE, business_date, now
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput, Refused
from liti.core.roles import roles
from liti.day import asking, calendars, closing
from liti.day.calendars import CalendarReport, Known
from liti.day.closing import Progress
from liti.day.rules import may_end

__all__ = [
    "CalendarReport",
    "Known",
    "close_days",
    "close_due",
    "close_if_current",
    "keep_calendars",
    "load_calendar",
    "load_published",
    "request_close",
]

DAYS_MAX = 400
ENDS_DAYS = roles("finance_officer", "engineer", "operation_head")


@command(staff=ENDS_DAYS, system=("day", "demo"))
def close_days(through: date | None = None, *, progress: Progress | None = None) -> list[date]:
    """End the business date, or all days up to `through`; returns the days that ended.

    A close that broke goes on in the step and at the item where it broke. A day that is over
    by the calendar may end at any time, today only from the cut-off (`day.cut_off`, bank's
    zone) on. Raises Refused `day.not_over`, InvalidInput for a day already ended or too many
    at once, Conflict `day.already_closing`, Unavailable `day.step_failed`.
    """
    with closing.alone():
        first = business_date()
        last = through or first
        _require_closable(first, last)
        ended = []
        while (on := business_date()) <= last:
            calendars.keep()
            closing.end_of(on, progress)
            ended.append(on)
        return ended


@command(staff=ENDS_DAYS)
def request_close() -> date:
    """Ask the worker to end the business date, or to go on where its close broke.

    Asked twice it is done once. Raises Refused `day.not_over`.
    """
    on = business_date()
    _require_closable(on, on)
    asking.tell(on, current_actor().doer)
    return on


@command(system=("day",))
def close_if_current(on: date) -> list[date]:
    """Close a day that was asked for, unless it has ended meanwhile."""
    return close_days(on) if on == business_date() else []


@command(system=("day",))
def close_due() -> list[date]:
    """Close the days whose cut-off has passed, where the bank wants it done by itself.

    What is not due, or is being closed by somebody, is left alone: the next minute asks again.
    """
    on = business_date()
    if not params.get("day.close_by_itself", on=on):
        return []
    local = now().astimezone(BANK_ZONE)
    through = local.date() if may_end(local.date(), local, cut_off(local.date())) else None
    through = through or local.date() - timedelta(days=1)
    if through < on:
        return []
    try:
        return close_days(min(through, on + timedelta(days=DAYS_MAX - 1)))
    except Conflict as busy:
        if busy.code == "day.already_closing":
            return []
        raise


@command(staff=ENDS_DAYS, system=("day", "demo", "database"))
def load_calendar(days: Iterable[Known]) -> CalendarReport:
    """Take in what an authority has published; it takes the place of what was provisional or
    other. Emits day.calendar.changed for the days that are otherwise than they were.

    Raises InvalidInput naming the row; nothing is loaded then.
    """
    return calendars.load(days)


@command(staff=ENDS_DAYS, system=("day", "demo", "database"))
def load_published(file: Path | None = None, *, year: int | None = None) -> CalendarReport:
    """Load a file (calendar, day, is_business, name), or what the packages know; of one year
    where it is given. Raises InvalidInput for a bad row or a year that nobody knows."""
    if file is not None:
        return calendars.load(calendars.read_file(file, year=year))
    return calendars.load(calendars.packaged(year))


@command(staff=ENDS_DAYS, system=("day", "demo", "database"))
def keep_calendars() -> CalendarReport:
    """Take in what the installed packages know and fill what is ahead provisionally."""
    return calendars.keep()


@open_to_all("a published time")
def cut_off(on: date) -> time:
    """The time of day at which the day is ended, in the bank's zone."""
    return time.fromisoformat(params.get("day.cut_off", on=on))


def _require_closable(first: date, last: date) -> None:
    if last < first:
        raise InvalidInput(
            "day.ended_before",
            _("%(day)s has ended; the business date is %(current)s.")
            % {"day": last, "current": first},
        )
    if (last - first).days >= DAYS_MAX:
        raise InvalidInput(
            "day.too_many",
            _("At most %(max)d days are closed at once.") % {"max": DAYS_MAX},
        )
    time_of_day = cut_off(last)
    if not may_end(last, now().astimezone(BANK_ZONE), time_of_day):
        raise Refused(
            "day.not_over",
            _("%(day)s is not over.") % {"day": last},
            remedy=_("A day can be closed from %(time)s on its own date.")
            % {"time": time_of_day.isoformat("minutes")},
            day=last,
        )
