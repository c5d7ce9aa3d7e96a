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


def _customers(query: Query) -> Sequence[PartyView]:
    kind = query.filters.get("kind", "")
    if not query.text:
        return parties.listing(kind=kind, offset=query.offset, limit=query.limit)
    found = [p for p in parties.search(query.text, limit=HITS) if kind in ("", p.kind)]
    return found[query.offset : query.offset + query.limit]


register(
    Resource(
        name="customers",
        title=_("Customers"),
        group="customers",
        icon="users",
        roles=CUSTOMERS,
        order=10,
        about=_("Every person and enterprise once, whatever departments have them on file."),
        search=_("Name, pinyin, whole ID number, mobile or its last four digits"),
        filters=[Filter("kind", _("Persons and enterprises"), lambda: KINDS)],
        columns=[
            Column("name_masked", _("Customer"), "avatar"),
            Column("kind", _("Kind"), "badge"),
            Column("id_number_masked", _("ID number"), "mono"),
            Column("mobile_masked", _("Mobile"), "mono"),
            Column("birth_date", _("Birth date"), "date"),
        ],
        fetch=_customers,
        link=lambda p: reverse("console:customer", args=[p.id]),
        empty=_("No customers yet"),
        hint=_("They come in with the departments’ files or sign up themselves."),
    )
)
