"""Months as charts name them: the one that is not over is marked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.utils.translation import gettext as _

from liti.core.clock import business_date


def month_labels(months: Sequence[date]) -> list[str]:
    """A label for each month, in chart and table alike; what is not over yet says so."""
    on = business_date()
    return [
        _("%(month)s so far") % {"month": m.strftime("%y-%m")}
        if (m.year, m.month) >= (on.year, on.month)
        else m.strftime("%y-%m")
        for m in months
    ]
