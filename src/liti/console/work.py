"""What waits for whom: each piece of work is a list with its filter, its number and its oldest.

The number is the list's own total under the same filter, so that home and list can't differ.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liti.console import listing
from liti.console.access import (
    GROUPS,
    LEDGER,
    MARKET,
    PARAMETERS,
    PARTNERS,
    SERVICE,
    STAFF,
    Roles,
    may,
    roles,
)
from liti.console.resources import resource
from liti.core import approvals, delivery, runs, staff
from liti.core.clock import BANK_ZONE, business_date, local_date
from liti.core.context import current_actor
from liti.core.delivery.letters import READS
from liti.lending import queries as lending
from liti.market import queries as market
from liti.outreach import queries as outreach
from liti.parties import queries as parties
from liti.payments import queries as payments

Text = str | Promise
Moment = date | datetime | None
Filters = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Work:
    """A list under a filter; `oldest` says since when its oldest row waits."""

    name: str
    title: Text
    roles: Roles
    page: str
    filters: Filters = field(default_factory=dict)
    oldest: Callable[[], Moment] | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """A piece of work or a figure as home shows it; `more` where it was counted to a bound."""

    name: str
    title: Text
    count: int
    more: bool
    href: str
    days: int | None = None


def waiting() -> list[Counted]:
    """The work of the actor's roles: what waits first, then what does not."""
    found = [_counted(w) for w in WORK if may(w.roles) and may(resource(w.page).roles)]
    found += _contacts()
    return sorted(found, key=lambda c: c.count == 0)


def figures() -> list[Counted]:
    """Numbers of what the actor's roles work with."""
    return [_counted(w) for w in FIGURES if may(w.roles) and may(resource(w.page).roles)]


def _counted(work: Work) -> Counted:
    count, more = listing.total(resource(work.page), work.filters)
    return Counted(
        work.name,
        work.title,
        count,
        more,
        _href(reverse("console:list", args=[work.page]), work.filters),
        _days(work.oldest()) if count and work.oldest else None,
    )


def _contacts() -> list[Counted]:
    """Contacts of the plan that nobody has made yet: one's own, or the whole bank's."""
    plan = outreach.plan() if may(PLANNED) else None
    if plan is None:
        return []
    filters, today = {"status": "planned"}, plan.on == business_date()
    title: Text = _("Contacts planned for today") if today else _("Contacts of the latest plan")
    if (code := _own_code()) and not may(PLANNED - roles("relationship_manager")):
        filters["staff_code"] = code
        title = _("My contacts of today") if today else _("My contacts of the latest plan")
    count, more = listing.total(resource("contacts"), filters)
    return [Counted("contacts", title, count, more, _href(reverse("console:plan"), filters))]


def _own_code() -> str:
    """The staff code of who looks, if he has one."""
    return next((p.staff_code for p in staff.people() if p.username == current_actor().label), "")


def _href(path: str, filters: Filters) -> str:
    return f"{path}?{urlencode(filters)}" if filters else path


def _days(since: Moment) -> int | None:
    """Whole days since then, by the calendar of the bank's zone; never below zero."""
    if since is None:
        return None
    if isinstance(since, datetime):
        return max((local_date() - since.astimezone(BANK_ZONE).date()).days, 0)
    return max((business_date() - since).days, 0)


def _oldest_proposal() -> Moment:
    rows = approvals.approvals(whose="decide", order="proposed_at", limit=1)
    return rows[0].proposed_at if rows else None


def _oldest_own() -> Moment:
    rows = approvals.approvals(whose="proposed", state="pending", order="proposed_at", limit=1)
    return rows[0].proposed_at if rows else None


def _oldest_letter() -> Moment:
    moments = [s.oldest for s in delivery.standings() if s.dead and s.oldest]
    return min(moments, default=None)


def _oldest_payment() -> Moment:
    rows = payments.undecided(1)
    return rows[0].initiated_at if rows else None


def _oldest_order() -> Moment:
    rows = market.recent_orders(status="under_way", order="booked_on", limit=1)
    return rows[0].booked_on if rows else None


def _oldest_import() -> Moment:
    return min((r.at for r in parties.import_runs(500) if r.rejected), default=None)


def _oldest_pair() -> Moment:
    rows = parties.pairs("review", order="at", limit=1)
    return rows[0].at if rows else None


def _oldest_record() -> Moment:
    rows = parties.unmatched_records(limit=1)
    return rows[0].first_seen if rows else None


def _oldest_left_row() -> Moment:
    rows = parties.left_rows(limit=1)
    return rows[0].at if rows else None


def _oldest_failure() -> Moment:
    return min((s.started_at for s in runs.steps(limit=500) if s.state == "failed"), default=None)


PLANNED = roles("operation_head", "marketing_operator", "relationship_manager", "service_desk")
LENDS = roles("operation_head", "relationship_manager", "risk_officer", "finance_officer")
DELIVERS = roles("data_steward", "operation_head", "engineer")
STEWARDS = roles("data_steward", "operation_head")
STEPS = roles("engineer", "operation_head", "finance_officer", "data_steward")
SEES_ORDERS = roles("product_manager", "operation_head", "auditor")
CONTROL = roles("risk_officer", "auditor", "operation_head")

# In the order of urgency.
WORK = (
    Work("decide", _("Proposals for me to decide"), STAFF, "approvals", {"whose": "decide"},
         _oldest_proposal),
    Work("dead", _("Dead letters"), READS, "deliveries", {"state": "dead"}, _oldest_letter),
    Work("failed", _("Steps of batches that failed"), STEPS, "runs", {"state": "failed"},
         _oldest_failure),
    Work("payments", _("Payments that wait for the clearing house"),
         SERVICE | roles("finance_officer", "operation_head"), "payments", {}, _oldest_payment),
    Work("orders", _("Orders that are not decided"), MARKET | LEDGER, "orders",
         {"status": "under_way"}, _oldest_order),
    Work("arrears", _("Loans in arrears"), LENDS, "loans", {"status": "in_arrears"},
         lending.overdue_since),
    Work("imports", _("Files with rejected rows"), DELIVERS, "imports", {"rows": "rejected"},
         _oldest_import),
    Work("pairs", _("Pairs of records to look at"), STEWARDS, "pairs", {"decision": "review"},
         _oldest_pair),
    Work("left_rows", _("Rows to give to a customer"), STEWARDS, "left-rows", {},
         _oldest_left_row),
    Work("unmatched", _("Records of no customer"), STEWARDS, "unmatched", {}, _oldest_record),
    Work("proposed", _("My proposals that wait for somebody"), STAFF, "approvals",
         {"whose": "proposed", "state": "pending"}, _oldest_own),
)  # fmt: skip

FIGURES = (
    Work("customers", _("Customers"), STAFF, "customers"),
    Work("persons", _("Persons"), STAFF, "customers", {"kind": "person"}),
    Work("enterprises", _("Enterprises"), STAFF, "customers", {"kind": "organisation"}),
    Work("managers", _("Managers"), SERVICE | roles("operation_head"), "managers"),
    Work("loans", _("Loans paid as agreed"), LENDS | LEDGER, "loans", {"status": "running"}),
    Work("accounts", _("Ledger accounts"), roles("finance_officer", "auditor"), "accounts"),
    Work("products", _("Products on the shelf"), MARKET, "products"),
    Work(
        "all_orders", _("Orders"), roles("product_manager", "operation_head", "auditor"), "orders"
    ),
    Work("offers", _("Offers"), roles("marketing_operator", "product_manager"), "offers"),
    Work("groups", _("Groups"), GROUPS - SERVICE, "groups"),
    Work("partners", _("Partners"), PARTNERS, "partners"),
    Work("merges", _("Merges"), CONTROL | roles("data_steward"), "merges"),
    Work("sources", _("Sources"), DELIVERS, "sources"),
    Work("handlers", _("Event handlers"), READS, "handlers"),
    Work("parameters", _("Parameters"), PARAMETERS - roles("product_manager"), "parameters"),
)
