"""The first page: the bank's key figures, its trend, its customers' stages, what waits."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liti.console.access import APPROVALS, GROUPS, STAFF, may, staff_page
from liti.core import approvals
from liti.groups import queries as groups
from liti.insight import queries as insight
from liti.ui import figures
from liti.ui.charts import Series, Slice
from liti.ui.figure import Figure, donut_figure, line_figure

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
    context = {
        "tiles": tiles(),
        "trend": trend_figure(),
        "stages": stages_figure(),
        "gaps": groups.three_groups() if may(GROUPS) else [],
        "waiting": approvals.pending(APPROVALS_SHOWN) if may(APPROVALS) else None,
    }
    return render(request, "console/home.html", context)


def tiles() -> list[Tile]:
    """The row of key figures."""
    language = get_language() or "en"
    found = []
    if months := insight.bank_trend(2):
        now = months[-1]
        found.append(
            Tile(
                "assets",
                _("Assets"),
                figures.money_short(now.assets_minor, language),
                _("customers’ money with us at the end of the month"),
            )
        )
        found.append(
            Tile(
                "active",
                _("Active this month"),
                figures.number_short(now.customers_active, language),
                _("customers with an entry"),
            )
        )
    return found


def trend_figure() -> Figure:
    """Money in and out by month."""
    language = get_language() or "en"
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
        axis=lambda v: figures.money_short(int(v), language),
    )


def stages_figure() -> Figure:
    """Customers by life-cycle stage."""
    counts = groups.stage_counts()
    return donut_figure(
        _("Life-cycle stages"),
        _("Stage"),
        _("Customers"),
        [Slice(c.label, c.customers) for c in counts],
        centre=figures.number_short(sum(c.customers for c in counts), get_language() or "en"),
    )
