"""Days that a command is given: one that has not come yet has no figures."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from liti.core.clock import business_date
from liti.core.errors import InvalidInput


def reached(given: datetime | None) -> date:
    """The day, or the business date where none is given. Raises InvalidInput for one ahead."""
    today = business_date()
    on = given.date() if given else today
    if on > today:
        raise InvalidInput(
            "cli.day_ahead",
            _("The business date is %(today)s; %(on)s is still to come.")
            % {"today": today, "on": on},
            remedy=_("Choose a day up to %(today)s.") % {"today": today},
        )
    return on
