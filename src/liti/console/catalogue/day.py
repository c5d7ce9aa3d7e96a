"""The bank's day in the menu."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from liti.console.access import RUNS
from liti.console.resources import Page, register
from liti.day import queries

register(
    Page(
        "day",
        _("The bank’s day"),
        "house",
        "calendar",
        RUNS,
        "console:day",
        79,
        count=lambda: int(queries.current().failed is not None),
    )
)
