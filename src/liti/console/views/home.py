"""The first page: the bank's key figures, its trend, its customers' stages, what waits."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liti.console.access import APPROVALS, CUSTOMERS, GROUPS, PLAN, RUNS, STAFF, may, staff_page
from liti.core import approvals
from liti.core.clock import business_date
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
APPROVALS_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Tile:
    """A key figure; `href` leads to what is behind it."""

    name: str
    label: str
    value: str
    hint: str = ""
    href: str = ""


@staff_page(STAFF)
def home(request: HttpRequest) -> HttpResponse:
    """Key figures for everybody; lists only where the role opens them."""
    known = parties.figures()
    plan = outreach.plan()
    context = {
        "tiles": tiles(known, plan),
        "departments": departments_figure(known),
        "records": records_figure(known),
        "plan": plan_figure(plan) if may(PLAN) else None,
        "trend": trend_figure(),
        "stages": stages_figure(),
        "gaps": groups.three_groups() if may(GROUPS) else [],
        "calendars": [c for c in day.calendars() if c.warned] if may(RUNS) else [],
        "waiting": approvals.pending(APPROVALS_SHOWN) if may(APPROVALS) else None,
    }
    return render(request, "console/home.html", context)


def tiles(known: PartyFigures, plan: PlanView | None) -> list[Tile]:
    """The row of key figures; what is not computed yet is left out."""
    customers = reverse("console:list", args=["customers"]) if may(CUSTOMERS) else ""
    found = [
        Tile(
            "customers",
            _("Customers"),
            f"{known.parties:,}",
            _("%(persons)s persons, %(enterprises)s enterprises")
            % {"persons": f"{known.persons:,}", "enterprises": f"{known.organisations:,}"},
            customers,
        ),
        Tile(
            "private",
            _("Privately held"),
            figures.percent(known.privately_held_share),
            _("known to one department only"),
        ),
        Tile(
            "duplicates",
            _("Duplicates removed"),
            f"{known.duplicates_removed:,}",
            _("of %(records)s records on file") % {"records": f"{known.source_records:,}"},
        ),
    ]
    if products := insight.products_per_customer():
        found.append(
            Tile("products", _("Products per customer"), f"{products:.2f}", _("categories held"))
        )
    if months := insight.bank_trend(1):
        now = months[-1]
        found.append(
            Tile(
                "assets",
                _("Assets"),
                figures.money_short(now.assets_minor, language()),
                _("%(count)s customers active this month")
                % {"count": figures.number_short(now.customers_active, language())},
            )
        )
    if plan:
        found.append(
            Tile(
                "plan",
                _("Today’s plan") if plan.on == business_date() else _("Latest plan"),
                f"{plan.planned:,}",
                _("contacts of %(count)s candidates")
                % {"count": figures.number_short(plan.candidates, language())},
                reverse("console:plan") if may(PLAN) else "",
            )
        )
    return found


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
        [m.month.strftime("%y-%m") for m in months],
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
