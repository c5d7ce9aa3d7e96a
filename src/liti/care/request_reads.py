"""Reads of requests: the list, one with its log, and whether the standard is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from liti.care.models import Request, RequestStep
from liti.care.requests import WAITING, whose
from liti.core import params
from liti.core.authority import BATCHES, open_to_all, own, query
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.listing import count_to, ordered
from liti.core.roles import CUSTOMERS, MASKED, roles
from liti.parties import queries as parties

READERS = MASKED | CUSTOMERS
REPORTS = CUSTOMERS | roles("product_manager", "marketing_operator")
PAGE_MAX = 500
ORDERS = {
    n: n for n in ("number", "category", "channel", "department", "opened_on", "due_on", "level")
}
STATES = {
    "waiting": Q(status__in=WAITING),
    "unassigned": Q(status=Request.Status.RECEIVED),
    "escalated": Q(status__in=WAITING, level__gt=0),
    "broken": Q(kept=False),
    "answered": Q(status=Request.Status.ANSWERED),
    "closed": Q(status=Request.Status.CLOSED),
    "complaints": Q(category__startswith="complaint"),
}


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request; `overdue`: not answered, and its last day is past."""

    id: UUID
    number: int
    party_id: UUID
    category: str
    category_label: str
    channel: str
    department: str
    text: str
    status: str
    assigned_to: str
    level: int
    opened_on: date
    due_on: date
    answered_on: date | None
    closed_on: date | None
    kept: bool | None
    overdue: bool
    reopened: int
    satisfaction: int | None


@dataclass(frozen=True, slots=True)
class StepView:
    """One line of a request's log."""

    kind: str
    label: str
    text: str
    by: str
    by_kind: str
    at: datetime
    public: bool


@dataclass(frozen=True, slots=True)
class StandardLine:
    """How the standard is kept, of one category or ("" ) of all. `share`: kept of decided."""

    category: str
    label: str
    days: int
    opened: int
    kept: int
    broken: int
    waiting: int
    overdue: int
    reopened: int
    satisfaction: Decimal | None

    @property
    def share(self) -> Decimal | None:
        decided = self.kept + self.broken
        return round(Decimal(self.kept) / decided, 4) if decided else None


@open_to_all("words")
def request_categories() -> list[tuple[str, str]]:
    """(code, the reader's word) of every category."""
    return [(c.value, str(c.label)) for c in Request.Category]


@open_to_all("words")
def request_channels() -> list[tuple[str, str]]:
    """(code, the reader's word) of every channel."""
    return [(c.value, str(c.label)) for c in Request.Channel]


@query(staff=READERS, customer=own("party_id"), system=BATCHES)
def requests_of(party_id: UUID, limit: int = 50) -> list[RequestView]:
    """What a customer has asked, newest first."""
    ids = parties.ids_of(party_id)
    return _views(Request.objects.filter(party_id__in=ids).order_by("-number")[:limit])


@query(staff=READERS, customer=whose, system=BATCHES)
def request(request_id: UUID) -> RequestView:
    """One request. Raises NotFound."""
    found = _views(Request.objects.filter(id=request_id))
    if not found:
        raise NotFound("care.request.unknown", _("There is no such request."))
    return found[0]


@query(staff=READERS, customer=whose, system=BATCHES)
def request_steps(request_id: UUID, *, public: bool = False) -> list[StepView]:
    """What was done with it, oldest first; `public`: what the customer sees."""
    rows = RequestStep.objects.filter(request_id=request_id).order_by("id")
    rows = rows.filter(public=True) if public else rows
    return [
        StepView(r.kind, str(r.get_kind_display()), r.text, r.by, r.by_kind, r.at, r.public)
        for r in rows[:PAGE_MAX]
    ]


@query(staff=READERS, system=BATCHES)
def requests(
    state: str = "", category: str = "", department: str = "", assigned_to: str = "", *,
    order: str = "", offset: int = 0, limit: int = 25,
) -> list[RequestView]:  # fmt: skip
    """Requests of a state (see STATES), those that are due first."""
    rows = _found(state, category, department, assigned_to)
    rows = ordered(rows, order, ORDERS) if order else rows.order_by("due_on", "number")
    return _views(rows[offset : offset + min(limit, PAGE_MAX)])


@query(staff=READERS, system=BATCHES)
def count_requests(
    state: str = "", category: str = "", department: str = "", assigned_to: str = "", *,
    most: int = 1000,
) -> int:  # fmt: skip
    """How many `requests` finds, counted to `most`."""
    return count_to(_found(state, category, department, assigned_to), most)


@query(staff=READERS, system=BATCHES)
def waiting_requests() -> tuple[int, int]:
    """(how many wait for an answer, how many of them are broken)."""
    rows = Request.objects.filter(status__in=WAITING)
    return rows.count(), rows.filter(kept=False).count()


def _found(state: str, category: str, department: str, assigned_to: str) -> QuerySet[Request]:
    rows = Request.objects.all()
    rows = rows.filter(STATES[state]) if state else rows
    given = {"category": category, "department": department, "assigned_to": assigned_to}
    return rows.filter(**{name: value for name, value in given.items() if value})


_STANDARD = """
SELECT category, count(*) FILTER (WHERE opened_on BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE kept AND due_on BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE NOT kept AND due_on BETWEEN %(first)s AND %(last)s),
       count(*) FILTER (WHERE status IN ('received', 'assigned')),
       count(*) FILTER (WHERE status IN ('received', 'assigned') AND due_on < %(today)s),
       coalesce(sum(reopened) FILTER (WHERE opened_on BETWEEN %(first)s AND %(last)s), 0),
       count(satisfaction) FILTER (WHERE opened_on BETWEEN %(first)s AND %(last)s),
       coalesce(sum(satisfaction) FILTER (WHERE opened_on BETWEEN %(first)s AND %(last)s), 0)
FROM care_request
WHERE (opened_on BETWEEN %(first)s AND %(last)s OR due_on BETWEEN %(first)s AND %(last)s
       OR status IN ('received', 'assigned'))
  AND (%(department)s = '' OR department = %(department)s)
GROUP BY 1
"""
_DAYS = """
SELECT due_on, count(*) FILTER (WHERE kept), count(*) FILTER (WHERE NOT kept)
FROM care_request
WHERE due_on BETWEEN %(first)s AND %(last)s AND kept IS NOT NULL
  AND (%(category)s = '' OR category = %(category)s) GROUP BY 1 ORDER BY 1
"""


@query(staff=REPORTS, system=BATCHES)
def standard(first: date, last: date, department: str = "") -> list[StandardLine]:
    """Kept and broken deadlines that fell into a span (both days included), by category in the
    order of the standard, all of them first."""
    with connection.cursor() as cursor:
        cursor.execute(
            _STANDARD,
            {"first": first, "last": last, "today": business_date(), "department": department},
        )
        found = {row[0]: row[1:] for row in cursor.fetchall()}
    lines = [_line(c.value, str(c.label), found.get(c.value)) for c in Request.Category]
    together = [sum(values) for values in zip(*found.values(), strict=True)] or None
    return [_line("", _("All categories"), together), *lines]


def _line(category: str, label: str, counts: object) -> StandardLine:
    given = list(counts) if isinstance(counts, list | tuple) else [0] * 8
    opened, kept, broken, waiting, overdue, reopened, rated, stars = (int(n) for n in given)
    days = int(_days_of(category)) if category else 0
    mean = round(Decimal(stars) / rated, 2) if rated else None
    return StandardLine(
        category, label, days, opened, kept, broken, waiting, overdue, reopened, mean
    )


def _days_of(category: str) -> int:
    return int(params.get("care.deadline_days", scope=category))


@open_to_all("the bank's promise")
def request_days(category: str) -> int:
    """Within how many business days a category is answered."""
    return _days_of(category)


@query(staff=REPORTS, system=BATCHES)
def standard_days(last: date, days: int = 30, category: str = "") -> list[tuple[date, int, int]]:
    """(day, kept, broken) of the deadlines of each of the `days` days up to `last`."""
    first = last - timedelta(days=days - 1)
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"first": first, "last": last, "category": category})
        found = {on: (kept, broken) for on, kept, broken in cursor.fetchall()}
    span = [first + timedelta(days=n) for n in range(days)]
    return [(on, *found.get(on, (0, 0))) for on in span]


def _views(rows: QuerySet[Request]) -> list[RequestView]:
    found = list(rows)
    today = business_date()
    now_ids = parties.resolve([r.party_id for r in found])
    return [
        RequestView(
            id=r.id, number=r.number, party_id=now_ids[r.party_id], category=r.category,
            category_label=str(r.get_category_display()), channel=r.channel,
            department=r.department, text=r.text, status=r.status, assigned_to=r.assigned_to,
            level=r.level, opened_on=r.opened_on, due_on=r.due_on, answered_on=r.answered_on,
            closed_on=r.closed_on, kept=r.kept,
            overdue=r.status in WAITING and r.due_on < today,
            reopened=r.reopened, satisfaction=r.satisfaction,
        )
        for r in found
    ]  # fmt: skip
