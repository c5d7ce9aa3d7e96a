"""The list of customers, searched live."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import CUSTOMERS
from liti.console.resources import Column, Filter, Query, Resource, register
from liti.parties import queries as parties
from liti.parties.queries import PartyView

HITS = 100
KINDS = [("person", _("Person")), ("organisation", _("Enterprise"))]


def _hits(query: Query) -> Sequence[PartyView] | None:
    """What a search finds; without one the list goes on by pages."""
    if not query.text:
        return None
    kind = query.filters.get("kind", "")
    return [p for p in parties.search(query.text, limit=HITS) if kind in ("", p.kind)]


def _customers(query: Query) -> Sequence[PartyView]:
    kind = query.filters.get("kind", "")
    return parties.listing(kind, order=query.order, offset=query.offset, limit=query.limit)


register(
    Resource(
        name="customers",
        title=_("Customers"),
        group="customers",
        icon="users",
        roles=CUSTOMERS,
        order=10,
        about=_("Every person and enterprise once, whatever departments have them on file."),
        search=_("Whole name, pinyin, ID number or mobile, or its last four digits"),
        filters=[Filter("kind", _("Persons and enterprises"), lambda: KINDS)],
        columns=[
            Column("name_masked", _("Customer"), "avatar"),
            Column("kind", _("Kind"), "badge", sorts=True),
            Column("id_number_masked", _("ID number"), "mono"),
            Column("mobile_masked", _("Mobile"), "mono"),
            Column("birth_date", _("Birth date"), "date", sorts=True),
        ],
        whole=_hits,
        fetch=_customers,
        total=lambda q, most: parties.count_listing(q.filters.get("kind", ""), most=most),
        party=lambda p: p.id,
        link=lambda p: reverse("console:customer", args=[p.id]),
        empty=_("No customers yet"),
        hint=_("They come in with the departments’ files or sign up themselves."),
    )
)
