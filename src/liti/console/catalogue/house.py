"""Pages of the house: approvals, batch runs, dated parameters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liti.console.access import APPROVALS, PARAMETERS, PLAN, RUNS, STAFF
from liti.console.catalogue.words import scope_name
from liti.console.history import history_panel
from liti.console.resources import Column, Detail, Filter, Page, Panel, Query, Resource, register
from liti.core import approvals, params, runs
from liti.core.approvals import ApprovalView
from liti.core.context import current_actor
from liti.core.params import ParameterView
from liti.core.runs import StepView
from liti.ui.labels import LABELS, label_of
from liti.ui.templatetags.liti import local

WHOSE = [("decide", _("Mine to decide")), ("proposed", _("Proposed by me"))]
STATES = [
    ("pending", LABELS["approval.pending"][0]),
    ("approved", LABELS["approval.approved"][0]),
    ("rejected", LABELS["approval.rejected"][0]),
    ("withdrawn", LABELS["approval.withdrawn"][0]),
    ("replaced", LABELS["replaced"][0]),
    ("stale", LABELS["stale"][0]),
]
RUN_STATES = [("running", _("Running")), ("done", _("Done")), ("failed", _("Failed"))]
ROWS_MAX = 500
SHARES = {"bp", "basis points"}


def _approvals(query: Query) -> Sequence[ApprovalView]:
    return approvals.approvals(
        whose=query.filters.get("whose", ""),
        state=query.filters.get("state", ""),
        kind=query.filters.get("kind", ""),
        order=query.order,
        offset=query.offset,
        limit=query.limit,
    )


def _count(query: Query, most: int) -> int:
    return approvals.count(
        whose=query.filters.get("whose", ""),
        state=query.filters.get("state", ""),
        kind=query.filters.get("kind", ""),
        most=most,
    )


def _kinds() -> list[tuple[str, str]]:
    """Kinds that the reader may see proposals of."""
    actor = current_actor()
    return [(k.name, str(k.title)) for k in approvals.kinds() if k.may_read(actor)]


def _runs(query: Query) -> Sequence[StepView]:
    wanted = query.filters.get("state", "")
    return [s for s in runs.steps(limit=ROWS_MAX) if not wanted or s.state == wanted]


def _parameters(query: Query) -> Sequence[ParameterView]:
    return params.rows(text=query.text, order=query.order, offset=query.offset, limit=query.limit)


def _value(row: ParameterView) -> str:
    """The value as people read it; a row of a code that no room declares any more, plainly."""
    declared = params.declarations().get(row.code)
    return declared.show(row.value) if declared else str(row.value)


def _parameter(code: str) -> Detail:
    values = params.parameter(code)
    return Detail(
        title=local(values[0]),
        subtitle=code,
        panels=[
            Panel(_("Values"), columns=PARAMETER_COLUMNS, rows=values),
            history_panel(
                params.history_of(code),
                PARAMETER_NAMES,
                {"value": _shown(code), "source_tag": label_of},
            ),
        ],
    )


def _shown(code: str) -> Callable[[Any], str]:
    declared = params.declarations().get(code)
    return declared.show if declared else str


# The day from which what holds "since ever" is kept.
EVER = date(1990, 1, 1)


def _since(row: ParameterView) -> date | None:
    return None if row.valid_from == EVER else row.valid_from


def _regulation(row: ParameterView) -> str:
    return f"{row.regulation} {row.article}".strip()


PARAMETER_NAMES = {
    "value": _("Value"),
    "valid_from": _("From"),
    "regulation": _("Regulation"),
    "article": pgettext_lazy("regulation", "Article"),
    "source_tag": _("Source"),
}
PARAMETER_COLUMNS = [
    Column("scope", _("Scope"), value=lambda p: scope_name(p.scope) if p.scope else "", sorts=True),
    Column("value", _("Value"), value=_value),
    Column("regulation", _("Regulation"), value=_regulation, sorts=True),
    Column("source_tag", _("Source"), "badge", sorts=True),
    Column("valid_from", _("From"), "date", value=_since, sorts=True),
    Column("valid_to", _("To"), "date"),
]
register(
    Page("home", _("Home"), "home", "home", STAFF, "console:home", 1),
    Page("plan", _("Plan of the day"), "operation", "calendar", PLAN, "console:plan", 30),
    Resource(
        name="approvals",
        title=_("Approvals"),
        group="operation",
        icon="check-circle",
        roles=APPROVALS,
        order=33,
        about=_("What one person proposes, another decides."),
        filters=[
            Filter("whose", _("Everybody’s"), lambda: WHOSE),
            Filter("state", _("All states"), lambda: STATES),
            Filter("kind", _("All kinds"), _kinds),
        ],
        columns=[
            Column("summary", _("Proposal")),
            Column("title", _("Kind")),
            Column("maker", _("Proposed by"), "people", sorts=True),
            Column("proposed_at", _("At"), "moment", sorts=True),
            Column("checker", _("Decided by"), "people", sorts=True),
            Column("state", _("State"), "badge:approval", sorts=True),
        ],
        fetch=_approvals,
        total=_count,
        link=lambda a: reverse("console:approval", args=[a.id]),
        empty=_("Nothing waits for a decision"),
        hint=_("Proposals appear here the moment they are made."),
        count=approvals.to_decide,
    ),
    Resource(
        name="runs",
        title=_("Batch runs"),
        group="house",
        icon="activity",
        roles=RUNS,
        order=80,
        about=_("Every step of a batch, with what it counted; a broken run resumes."),
        filters=[Filter("state", _("All states"), lambda: RUN_STATES)],
        columns=[
            Column("step", _("Step")),
            Column("run", _("Run")),
            Column("key", pgettext_lazy("run", "Key"), "mono"),
            Column("state", _("State"), "badge"),
            Column("started_at", _("Started"), "moment"),
            Column("counts", _("Counts"), "counts"),
            Column("error", _("Error")),
        ],
        whole=_runs,
        empty=_("No run yet"),
        hint=_("They begin with the bank’s day, an import or the matching of records."),
        refresh_seconds=5,
    ),
    Resource(
        name="parameters",
        title=_("Parameters"),
        group="house",
        icon="sliders",
        roles=PARAMETERS,
        order=81,
        about=_("Limits, fees and rules with the days on which they hold and their source."),
        search=_("Code, name or regulation"),
        columns=[
            Column("name", _("Parameter"), "local", value=lambda p: p),
            Column("code", _("Code"), "mono", sorts=True),
            *PARAMETER_COLUMNS,
        ],
        fetch=_parameters,
        total=lambda query, most: params.count(text=query.text, most=most),
        link=lambda p: reverse("console:detail", args=["parameters", p.code]),
        detail=_parameter,
        empty=_("No parameters yet"),
        hint=_("They are loaded when the house is set up."),
    ),
)
