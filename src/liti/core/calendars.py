"""Business days of a named calendar, which the room `day` keeps a year ahead."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from liti.core.errors import NotFound
from liti.core.models import CalendarDay


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
