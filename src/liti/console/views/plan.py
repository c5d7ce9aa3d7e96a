"""The contact plan of the day: one plan for the whole bank, and why others rest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liti.console.access import OPERATION, PLAN, may, staff_page
from liti.console.catalogue.plan import day_of
from liti.console.resources import resource
from liti.console.views.lists import drawn, list_context
from liti.core.clock import business_date
from liti.core.doors import door
from liti.core.errors import NotFound
from liti.core.texts import language
from liti.outreach import queries as outreach
from liti.outreach import services
from liti.ui import figures
from liti.ui.charts import Slice
from liti.ui.figure import Figure, row_figure
from liti.ui.labels import label_of


@staff_page(PLAN)
def plan(request: HttpRequest) -> HttpResponse:
    """A day's plan, the newest by default, with its contacts; asked by htmx only their table."""
    context: dict[str, Any] = list_context(request, resource("contacts"))
    on = day_of(context["query"])
    found = outreach.plan(on) if on else None
    context |= {"plan": found, "may_propose": may(OPERATION), "today": business_date()}
    if found:
        context |= {
            "blocked": _figure(_("Left in peace, by reason"), _("Reason"), found.blocked),
            "channels": _figure(_("By channel"), _("Channel"), found.by_channel),
            "departments": _figure(_("By department"), _("Department"), found.by_department),
        }
    return drawn(request, "console/plan.html", context)


@require_POST
@staff_page(OPERATION)
@door("outreach.propose_release")
def propose(request: HttpRequest) -> HttpResponse:
    """Ask a colleague to release the plan."""
    found = outreach.plan()
    if found is None:
        raise NotFound("console.no_plan", _("There is no plan to release."))
    services.propose_release(found.id)
    messages.success(request, _("The plan waits for a colleague's decision."))
    return redirect("console:plan")


def _figure(title: str, first: str, counts: dict[str, int]) -> Figure:
    return row_figure(
        title,
        first,
        _("Count"),
        [Slice(label_of(code), count) for code, count in counts.items()],
        show=lambda v: figures.number_short(int(v), language()),
    )
