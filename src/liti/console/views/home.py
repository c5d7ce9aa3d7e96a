"""The first page: what waits for this person, the figures of his work, his charts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from liti.console import work
from liti.console.access import RUNS, STAFF, may, roles, staff_page
from liti.console.months import month_labels
from liti.core.texts import language
from liti.day import queries as day
from liti.groups import queries as groups
from liti.insight import queries as insight
from liti.outreach import queries as outreach
from liti.outreach.queries import PlanView
from liti.parties import queries as parties
from liti.parties.queries import PartyFigures
from liti.ui import figures
from liti.ui.charts import Series, Slice
from liti.ui.figure import (
    Figure,
    bar_figure,
    donut_figure,
    funnel_figure,
    line_figure,
    row_figure,
)
from liti.ui.labels import label_of

MONTHS = 12
# Charts stand only where a role looks at them.
FLOWS = roles("operation_head", "finance_officer", "auditor", "product_manager")
STAGES = roles("operation_head", "marketing_operator", "product_manager")
KNOWN = roles("operation_head", "data_steward")
CONTACTS = roles("operation_head", "marketing_operator")


@staff_page(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """The role's own work first, its figures second, then the charts that it looks at."""
    known = parties.figures() if may(KNOWN) else None
    context = {
        "work": work.waiting(),
        "figures": work.figures(),
        "trend": trend_figure() if may(FLOWS) else None,
        "stages": stages_figure() if may(STAGES) else None,
        "departments": departments_figure(known) if known else None,
        "records": records_figure(known) if known else None,
        "plan": plan_figure(outreach.plan()) if may(CONTACTS) else None,
        "gaps": groups.three_groups() if may(STAGES) else [],
        "calendars": [c for c in day.calendars() if c.warned] if may(RUNS) else [],
    }
    return render(request, "console/home.html", context)


def departments_figure(known: PartyFigures) -> Figure:
    """Customers each department knows: those it shares and those nobody else knows."""
    rows = known.by_department
    return bar_figure(
        _("Who knows whom"),
        _("Department"),
        [label_of(d.department) for d in rows],
        [
            Series(_("Also known elsewhere"), [d.parties - d.privately_held for d in rows], 1),
            Series(_("Privately held"), [d.privately_held for d in rows], 3),
        ],
        stacked=True,
        axis=lambda v: figures.number_short(int(v), language()),
    )


def records_figure(known: PartyFigures) -> Figure:
    """From records on file to customers."""
    steps = [
        Slice(_("Records on file"), known.source_records, 0),
        Slice(_("Customers"), known.parties, 1),
    ]
    return funnel_figure(
        _("Records and customers"),
        _("Step"),
        _("Count"),
        steps if known.source_records else [],
    )


def plan_figure(plan: PlanView | None) -> Figure:
    """The plan's contacts by department."""
    counts = plan.by_department if plan else {}
    return row_figure(
        _("Planned contacts by department"),
        _("Department"),
        _("Contacts"),
        [Slice(label_of(code), count) for code, count in counts.items()],
    )


def trend_figure() -> Figure:
    """Money in and out by month."""
    months = insight.bank_trend(MONTHS)
    return line_figure(
        _("Money in and out"),
        _("Month"),
        month_labels([m.month for m in months]),
        [
            Series(_("In"), [m.in_minor for m in months], 1),
            Series(_("Out"), [m.out_minor for m in months], 3),
        ],
        area=True,
        show=lambda v: figures.money(int(v)),
        axis=lambda v: figures.money_short(int(v), language()),
    )


def stages_figure() -> Figure:
    """Customers by life-cycle stage."""
    counts = groups.stage_counts()
    return donut_figure(
        _("Life-cycle stages"),
        _("Stage"),
        _("Customers"),
        [Slice(c.label, c.customers) for c in counts],
        centre=figures.number_short(sum(c.customers for c in counts), language()),
    )
