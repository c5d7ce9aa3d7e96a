"""What the matching leaves to people: pairs to look at, records of nobody, rows to give away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liti.console.catalogue.words import customer_href
from liti.console.resources import Column, Filter, Query, Resource, register
from liti.core.roles import CONTROL, roles
from liti.parties import queries as parties
from liti.parties.queries import LeftRow, PairView, UnmatchedView
from liti.ui.labels import label_of

READERS = CONTROL | roles("data_steward", "operation_head")
DECISIONS = ("review", "conflict", "merged")


def _pairs(query: Query) -> Sequence[PairView]:
    wanted = query.filters.get("decision", "")
    return parties.pairs(wanted, order=query.order, offset=query.offset, limit=query.limit)


def _unmatched(query: Query) -> Sequence[UnmatchedView]:
    return parties.unmatched_records(order=query.order, offset=query.offset, limit=query.limit)


def _left(query: Query) -> Sequence[LeftRow]:
    return parties.left_rows(order=query.order, offset=query.offset, limit=query.limit)


def _customer(party_id: UUID | None) -> str | None:
    return customer_href(party_id) if party_id else None


def _record(side: str) -> Callable[[PairView], str]:
    return lambda pair: f"{getattr(pair, side)} · {label_of(getattr(pair, f'{side}_source'))}"


register(
    Resource(
        name="pairs",
        title=_("Pairs compared"),
        group="customers",
        icon="users",
        roles=READERS,
        order=14,
        about=_("Records that may be one customer: those that waited for a steward, and the rest."),
        filters=[
            Filter(
                "decision",
                _("All decisions"),
                lambda: [(d, label_of(d, "pair")) for d in DECISIONS],
            )
        ],
        columns=[
            Column(
                "left",
                _("One record"),
                value=_record("left"),
                href=lambda p: _customer(p.left_party),
            ),
            Column(
                "right",
                _("The other record"),
                value=_record("right"),
                href=lambda p: _customer(p.right_party),
            ),
            Column(
                "probability",
                _("Probability that they are one"),
                "percent",
                lambda p: Decimal(str(p.probability)),
                sorts=True,
            ),
            Column("rule", _("Found by"), "label:rule", sorts=True),
            Column("decision", _("State"), "badge:pair", sorts=True),
            Column("at", _("At"), "moment", sorts=True),
        ],
        fetch=_pairs,
        total=lambda q, most: parties.count_pairs(q.filters.get("decision", ""), most=most),
        party=lambda p: p.left_party,
        empty=_("No pair yet"),
        hint=_("They come with the matching of records."),
    ),
    Resource(
        name="unmatched",
        title=_("Records of no customer"),
        group="customers",
        icon="info",
        roles=READERS,
        order=15,
        about=_("Rows of departments’ files that the matching has not given to a customer."),
        columns=[
            Column("name", _("Name")),
            Column("kind", _("Kind"), "badge"),
            Column("source", _("Source"), "label", sorts=True),
            Column("source_key", pgettext_lazy("record", "Key"), "mono", sorts=True),
            Column("first_seen", _("First seen"), "moment", sorts=True),
        ],
        fetch=_unmatched,
        total=lambda _query, most: parties.count_unmatched(most=most),
        link=lambda r: reverse("console:detail", args=["sources", r.source]),
        empty=_("Every record belongs to a customer"),
    ),
    Resource(
        name="left-rows",
        title=_("Rows to give away"),
        group="customers",
        icon="list",
        roles=READERS,
        order=16,
        about=_("What came while two customers were one; after they parted, somebody says whose."),
        columns=[
            Column("place", _("Where"), "label:table", sorts=True),
            Column("at", _("At"), "moment", sorts=True),
        ],
        fetch=_left,
        total=lambda _query, most: parties.count_left_rows(most=most),
        link=lambda r: reverse("console:detail", args=["merges", r.merge_id]),
        empty=_("Nothing is to be given away"),
    ),
)
