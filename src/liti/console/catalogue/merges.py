"""Pages of merges: which customers became one, what moved, and what is to be assigned."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Panel, Query, Resource, register
from liti.core.roles import CONTROL, roles
from liti.parties import queries as parties
from liti.parties.queries import MergeView


def _merges(query: Query) -> Sequence[MergeView]:
    return parties.merges(order=query.order, offset=query.offset, limit=query.limit)


def _merge(key: str) -> Detail:
    found = parties.merge(as_uuid(key))
    facts = [
        Fact(_("Merged into"), found.heir_masked, href=_customer(found)),
        Fact(_("Former id"), str(found.was), "mono"),
        Fact(_("By"), found.actor, "people"),
        Fact(_("At"), found.at, "moment"),
        Fact(_("Why"), found.reason or found.label),
    ]
    if found.undone_at:
        facts += [
            Fact(_("Taken back at"), found.undone_at, "moment"),
            Fact(_("Taken back by"), found.undone_by, "people"),
            Fact(_("Why taken back"), found.undone_reason),
        ]
    place = Column("place", _("Where"), "label:table", value=lambda row: row[0].partition(".")[0])
    return Detail(
        title=found.was_masked or str(found.was),
        subtitle=found.label,
        state=f"merge.{found.state}",
        facts=facts,
        panels=[
            Panel(
                _("Rows that moved"),
                columns=[place, Column("rows", _("Rows"), "number", value=lambda row: row[1])],
                rows=list(found.moved.items()),
                empty=_("Nothing moved"),
            ),
            Panel(
                _("Came while the two were one"),
                columns=[place, Column("row", _("Key"), "mono", value=lambda row: row[1])],
                rows=found.came,
                note=_("It stayed with the survivor; somebody must say whose it is."),
                empty=_("Nothing came"),
            ),
        ],
    )


def _customer(found: MergeView) -> str:
    return reverse("console:customer", args=[found.heir])


register(
    Resource(
        name="merges",
        title=_("Merges"),
        group="customers",
        icon="users",
        roles=CONTROL | roles("data_steward", "operation_head"),
        order=14,
        about=_("Customers that turned out to be one, with all that went along."),
        columns=[
            Column("was_masked", _("Customer")),
            Column("heir_masked", _("Merged into")),
            Column("label", _("By way of")),
            Column("actor", _("By"), "people", sorts=True),
            Column("at", _("At"), "moment", sorts=True),
            Column("state", _("State"), "badge:merge"),
        ],
        fetch=_merges,
        total=lambda _query, most: parties.count_merges(most=most),
        party=lambda m: m.heir,
        link=lambda m: reverse("console:detail", args=["merges", m.id]),
        detail=_merge,
        empty=_("No merge yet"),
    )
)
