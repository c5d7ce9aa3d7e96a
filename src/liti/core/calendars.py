"""Business days of a named calendar, which the room `day` keeps a year ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from django.utils.translation import gettext as _

from liti.core.errors import NotFound
from liti.core.models import CalendarDay


def business_days(first: date, last: date, calendar: str = "cn_bank") -> Callable[[date], bool]:
    """`is_business_day` for the days of a span, read at once; it raises beyond what is loaded."""
    rows = CalendarDay.objects.filter(calendar=calendar, day__range=(first, last))
    known = dict(rows.values_list("day", "is_business"))
    return lambda day: known[day] if day in known else is_business_day(day, calendar)


def is_business_day(day: date, calendar: str = "cn_bank") -> bool:
    """Whether business is done on the day. Raises NotFound beyond the loaded days."""
    value = (
        CalendarDay.objects.filter(calendar=calendar, day=day)
        .values_list("is_business", flat=True)
        .first()
    )
    if value is None:
        raise NotFound(
            "core.calendar.beyond_horizon",
            _("Calendar %(calendar)s has no entry for %(day)s.")
            % {"calendar": calendar, "day": day},
            remedy=_("Load the holiday arrangement of that year."),
        )
    return value
