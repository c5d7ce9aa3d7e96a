"""The contacts of a day's plan: a list that stands on the plan's page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import PLAN
from liti.console.catalogue.words import CHANNELS, DEPARTMENTS, customer_href
from liti.console.resources import Column, Filter, Query, Resource, register
from liti.console.who import names
from liti.core import entrance, staff
from liti.core.context import current_actor
from liti.core.texts import local
from liti.outreach import queries as outreach
from liti.outreach.queries import PlanItemView
from liti.ui.labels import label_of

STATES = ("planned", "sent", "responded", "expired")
# of an item whose plan is released, and that is not answered yet
OPEN = frozenset({"planned", "sent"})


@dataclass(frozen=True, slots=True)
class Contact:
    """A planned contact with the customer's masked name; `released`: the plan is."""

    item: PlanItemView
    name: str
    released: bool


def day_of(query: Query) -> date | None:
    """The day whose plan is asked for, the newest one by default; None where there is none."""
    if on := query.filters.get("on"):
        return entrance.day(on, field="on")
    found = outreach.plan_days(1)
    return found[0] if found else None


def _chosen(query: Query) -> dict[str, str]:
    return {name: value for name, value in query.filters.items() if name != "on"}


def _contacts(query: Query) -> Sequence[Contact]:
    on = day_of(query)
    if on is None:
        return []
    found = outreach.plan_items(
        on, **_chosen(query), order=query.order, offset=query.offset, limit=query.limit
    )
    known, plan = names([i.party_id for i in found]), outreach.plan(on)
    released = plan is not None and plan.status == "released"
    return [Contact(i, known.get(i.party_id, ""), released) for i in found]


def _count(query: Query, most: int) -> int:
    on = day_of(query)
    return min(outreach.count_items(on, **_chosen(query)), most) if on else 0


def _staff() -> Sequence[tuple[str, str]]:
    """Who has contacts to make in the newest plan, and the reader himself."""
    people = {p.staff_code: p for p in staff.people() if p.staff_code}
    days = outreach.plan_days(1)
    codes = dict.fromkeys(outreach.plan_staff(days[0]) if days else [])
    own = [code for code, p in people.items() if p.username == current_actor().label]
    return [
        (code, f"{code} {people[code].name}" if code in people else code)
        for code in dict.fromkeys([*codes, *own])
    ]


def _days() -> Sequence[tuple[str, str]]:
    return [(on.isoformat(), on.isoformat()) for on in outreach.plan_days()]


register(
    Resource(
        name="contacts",
        title=_("Planned contacts"),
        group="operation",
        icon="calendar",
        roles=PLAN,
        page_size=50,
        filters=[
            Filter("on", _("Latest plan"), _days),
            Filter(
                "department", _("All departments"), lambda: [(d, label_of(d)) for d in DEPARTMENTS]
            ),
            Filter("channel", _("All channels"), lambda: [(c, label_of(c)) for c in CHANNELS]),
            Filter("status", _("All states"), lambda: [(s, label_of(s)) for s in STATES]),
            Filter("staff_code", _("All managers"), _staff),
        ],
        columns=[
            Column("name", _("Customer")),
            Column("offer", _("Offer"), value=lambda c: local(c.item, "offer")),
            Column("reason", _("Why"), value=lambda c: local(c.item, "reason")),
            Column("channel", _("Channel"), "label", value=lambda c: c.item.channel, sorts=True),
            Column("department", _("Department"), "label", lambda c: c.item.department, sorts=True),
            Column("staff_code", _("Manager"), value=lambda c: c.item.staff_code, sorts=True),
            Column(
                "propensity_bp",
                _("Likely"),
                "basis_points",
                lambda c: c.item.propensity_bp,
                sorts=True,
            ),
            Column(
                "expected_minor",
                _("Expected value"),
                "money",
                lambda c: c.item.expected_minor,
                sorts=True,
            ),
            Column("status", _("State"), "badge", lambda c: c.item.status, sorts=True),
        ],
        fetch=_contacts,
        total=_count,
        party=lambda c: c.item.party_id,
        link=lambda c: customer_href(c.item.party_id),
        acts_on=lambda c: (
            ("plan_items", c.item.id) if c.released and c.item.status in OPEN else None
        ),
        empty=_("No contact is planned"),
        parent="plan",
        home=lambda _key: reverse("console:plan"),
        in_menu=False,
    )
)
