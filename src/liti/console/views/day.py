"""The bank's day: today's steps, what days took, and until when the calendars reach."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liti.console.access import RUNS, staff_page
from liti.core import entrance
from liti.core.authority import may
from liti.core.doors import door
from liti.core.errors import LitiError
from liti.day import queries, services

DAYS = 30


@staff_page(RUNS)
def day(request: HttpRequest) -> HttpResponse:
    """The business date's close as far as it has come; asked by htmx only its steps.

    `on` shows a day that has ended.
    """
    found = queries.day(_date(request.GET.get("on", "")) or queries.current().on)
    context: dict[str, Any] = {
        "day": found,
        "is_current": found.on == queries.current().on,
        "may_close": may(services.request_close),
        "moving": found.state == "closing",
    }
    if request.htmx:  # type: ignore[attr-defined]  # middleware
        return render(request, "console/parts/day_steps.html", context)
    context |= {
        "history": queries.history(DAYS),
        "times": queries.step_times(DAYS),
        "calendars": queries.calendars(),
        "cut_off": services.cut_off(found.on),
    }
    return render(request, "console/day.html", context)


@require_POST
@staff_page(RUNS)
@door("day.request_close")
def close(request: HttpRequest) -> HttpResponse:
    """Ask for the close, or for its going on where it broke; the worker does it."""
    try:
        services.request_close()
    except LitiError as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The close has been asked for; the steps show how it goes."))
    return redirect("console:day")


def _date(text: str) -> date | None:
    return entrance.day(text, field="on") if text else None
