"""Pages of requests: what waits, one with its log, and whether the standard is kept."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.care import queries as care
from liti.care.queries import RequestView, StandardLine
from liti.console.access import CUSTOMERS
from liti.console.catalogue.words import DEPARTMENTS, customer_href, customer_name, labelled
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Filter, Panel, Query, Resource, register
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.staff import own_code
from liti.ui.charts import Series
from liti.ui.figure import Figure, bar_figure
from liti.ui.labels import label_of

DAYS, ALL = 30, "all"
STATES = [
    ("waiting", _("Waiting for an answer")),
    ("mine", _("Given to me")),
    ("unassigned", _("Given to nobody")),
    ("escalated", _("Escalated")),
    ("broken", _("Deadline broken")),
    ("complaints", _("Complaints")),
    ("answered", _("Answered")),
    ("closed", _("Closed")),
]


def _asked(query: Query) -> dict[str, str]:
    state = query.filters.get("state", "")
    mine = state == "mine"
    return {
        "state": "waiting" if mine else state,
        "assigned_to": own_code() if mine else "",
        "category": query.filters.get("category", ""),
        "department": query.filters.get("department", ""),
    }


def _requests(query: Query) -> Sequence[RequestView]:
    given = _asked(query)
    return care.requests(**given, order=query.order, offset=query.offset, limit=query.limit)


def _request(key: str) -> Detail:
    found = care.request(as_uuid(key))
    return Detail(
        title=f"{found.number} · {found.category_label}",
        subtitle=customer_name(found.party_id),
        state=f"request.{found.status}",
        facts=[
            Fact(_("Customer"), customer_name(found.party_id), href=customer_href(found.party_id)),
            Fact(_("Came by"), found.channel, "label:request"),
            Fact(_("Department"), found.department, "label"),
            Fact(_("Received"), found.opened_on, "date"),
            Fact(_("Answer by"), found.due_on, "date"),
            Fact(_("Escalation"), str(found.level), "badge:level"),
            Fact(_("Given to"), found.assigned_to or "—", "mono"),
            Fact(_("Deadline"), _kept(found.kept)),
            Fact(_("Satisfaction"), f"{found.satisfaction} / 5" if found.satisfaction else "—"),
        ],
        panels=[
            Panel(_("What is asked"), text=found.text),
            Panel(
                _("What was done"),
                columns=[
                    Column("at", _("At"), "moment"),
                    Column("label", _("What")),
                    Column("text", _("Words"), value=_words),
                    Column("by", _("By"), value=_by),
                ],
                rows=care.request_steps(found.id),
            ),
        ],
    )


def _words(step: care.StepView) -> str:
    return label_of(step.text, "escalation") if step.kind == "escalated" else step.text


def _by(step: care.StepView) -> str:
    return gettext("The customer") if step.by_kind == "customer" else step.by


def _kept(kept: bool | None) -> str:
    words = {True: gettext("Kept"), False: gettext("Broken"), None: gettext("Still open")}
    return words[kept]


def _lines(query: Query) -> Sequence[StandardLine]:
    last = business_date()
    first = last - timedelta(days=DAYS - 1)
    return care.standard(first, last, query.filters.get("department", ""))


def _line(key: str) -> Detail:
    last = business_date()
    code = "" if key == ALL else key
    found = next(
        (s for s in care.standard(last - timedelta(days=DAYS - 1), last) if s.category == code),
        None,
    )
    if found is None:
        raise NotFound("console.unknown_category", gettext("There is no such category."))
    return Detail(
        title=found.label,
        subtitle=gettext("Deadlines of the last %(days)d days") % {"days": DAYS},
        facts=[
            Fact(_("Kept"), found.kept, "number"),
            Fact(_("Broken"), found.broken, "number"),
            Fact(_("Kept, share"), found.share, "percent"),
            Fact(_("Waiting"), found.waiting, "number"),
            Fact(_("Overdue"), found.overdue, "number"),
            Fact(_("Satisfaction"), str(found.satisfaction or "—")),
        ],
        panels=[
            Panel(_("Kept and broken by day"), figure=_trend(code)),
            Panel(
                _("Broken deadlines"),
                columns=REQUEST_COLUMNS,
                rows=care.requests("broken", code, order="-due_on", limit=100),
                link=lambda r: reverse("console:detail", args=["requests", r.id]),
                empty=_("No deadline was broken"),
            ),
        ],
    )


def _trend(category: str) -> Figure:
    days = care.standard_days(business_date(), DAYS, category)
    return bar_figure(
        gettext("Kept and broken by day"),
        gettext("Day"),
        [f"{on:%m-%d}" for on, _kept_count, _broken in days],
        [
            Series(gettext("Kept"), [kept for _on, kept, _broken in days], 1),
            Series(gettext("Broken"), [broken for _on, _kept_count, broken in days], 3),
        ],
        stacked=True,
    )


REQUEST_COLUMNS = [
    Column("number", _("Number"), "mono", sorts=True),
    Column("party_id", _("Customer"), value=lambda r: customer_name(r.party_id)),
    Column("category", _("Category"), value=lambda r: r.category_label, sorts=True),
    Column("channel", _("Came by"), "label:request", sorts=True),
    Column("department", _("Department"), "label", sorts=True),
    Column("status", _("State"), "badge:request"),
    Column("level", _("Escalation"), "badge:level", value=lambda r: str(r.level), sorts=True),
    Column("assigned_to", _("Given to"), "mono"),
    Column("opened_on", _("Received"), "date", sorts=True),
    Column("due_on", _("Answer by"), "date", sorts=True),
]
register(
    Resource(
        name="requests",
        title=_("Requests and complaints"),
        group="customers",
        icon="list",
        roles=CUSTOMERS,
        order=11,
        about=_("One standard for all departments and channels; what is due first stands first."),
        filters=[
            Filter("state", _("All states"), lambda: STATES),
            Filter("category", _("All categories"), care.request_categories),
            Filter("department", _("All departments"), lambda: labelled(DEPARTMENTS)({})),
        ],
        columns=REQUEST_COLUMNS,
        fetch=_requests,
        total=lambda query, most: care.count_requests(**_asked(query), most=most),
        party=lambda r: r.party_id,
        link=lambda r: reverse("console:detail", args=["requests", r.id]),
        detail=_request,
        empty=_("No request"),
        hint=_("Open one on a customer’s page, or the customer does in the app."),
        count=lambda: care.waiting_requests()[0],
    ),
    Resource(
        name="standard",
        title=_("Service standard"),
        group="customers",
        icon="clock",
        roles=CUSTOMERS,
        order=16,
        about=_("Deadlines of the last 30 days, kept and broken, by category."),
        filters=[Filter("department", _("All departments"), lambda: labelled(DEPARTMENTS)({}))],
        columns=[
            Column("label", _("Category")),
            Column("days", _("Business days"), "number"),
            Column("opened", _("Received"), "number"),
            Column("kept", _("Kept"), "number"),
            Column("broken", _("Broken"), "number"),
            Column("share", _("Kept, share"), "percent"),
            Column("waiting", _("Waiting"), "number"),
            Column("overdue", _("Overdue"), "number"),
            Column("reopened", _("Reopened"), "number"),
            Column("satisfaction", _("Satisfaction, 1 to 5")),
        ],
        whole=_lines,
        link=lambda line: reverse("console:detail", args=["standard", line.category or ALL]),
        detail=_line,
        empty=_("No request"),
    ),
)
