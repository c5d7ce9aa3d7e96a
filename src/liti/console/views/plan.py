"""The contact plan of the day: one plan for the whole bank, and why others rest."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liti.console.access import OPERATION, PLAN, may, staff_page
from liti.console.who import names
from liti.core.addresses import number_in
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

PAGE = 50
NARROW = ("department", "channel", "status", "staff_code")


@staff_page(PLAN)
def plan(request: HttpRequest) -> HttpResponse:
    """The newest plan with its contacts, filtered; asked by htmx only the contacts."""
    found = outreach.plan()
    chosen = {name: request.GET.get(name, "")[:20] for name in NARROW}
    offset = number_in(request.GET.get("offset", "")) or 0
    items = outreach.plan_items(found.on, **chosen, offset=offset, limit=PAGE + 1) if found else []
    context: dict[str, Any] = {
        "plan": found,
        "items": items[:PAGE],
        "names": names([i.party_id for i in items[:PAGE]]),
        "chosen": chosen,
        "total": outreach.count_items(found.on, **chosen) if found else 0,
        "next_offset": offset + PAGE if len(items) > PAGE else None,
        "before_offset": max(offset - PAGE, 0) if offset else None,
        "may_propose": may(OPERATION),
        "today": business_date(),
    }
    if request.htmx:  # type: ignore[attr-defined]  # middleware
        return render(request, "console/parts/plan_items.html", context)
    if found:
        context |= {
            "blocked": _figure(_("Left in peace, by reason"), _("Reason"), found.blocked),
            "channels": _figure(_("By channel"), _("Channel"), found.by_channel),
            "departments": _figure(_("By department"), _("Department"), found.by_department),
            "options": {
                "department": found.by_department,
                "channel": found.by_channel,
                "status": found.by_status,
            },
        }
    return render(request, "console/plan.html", context)


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
