"""Pages of partners: enterprises and the aggregate of their members."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import PARTNERS
from liti.console.catalogue.words import product_names
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Panel, Query, Resource, register
from liti.core.texts import local
from liti.partners import queries as partners
from liti.partners.queries import PartnerView


def _partners(query: Query) -> Sequence[PartnerView]:
    return [
        p
        for p in partners.partners()
        if query.text.lower() in f"{p.code} {p.name_zh} {p.name_en}".lower()
    ]


def _partner(key: str) -> Detail:
    found = partners.partner(as_uuid(key))
    summary = partners.members_summary(found.id)
    return Detail(
        title=local(found),
        subtitle=found.code,
        state=f"partner.{found.status}",
        facts=[
            Fact(_("Scene"), found.scene, "label"),
            Fact(_("Paradigm"), found.paradigm, "label:paradigm"),
            Fact(_("Joined"), found.joined_on, "date"),
            Fact(_("Products"), product_names(found.product_codes)),
        ],
        panels=[
            Panel(
                _("Members"),
                facts=[
                    Fact(_("Members"), summary.members, "number"),
                    Fact(_("With an account"), summary.with_account, "number"),
                    Fact(_("With a product"), summary.with_product, "number"),
                    Fact(_("Assets"), summary.assets_minor, "money"),
                    Fact(_("As of"), summary.as_of, "date"),
                ],
                note=_("Rounded figures of a closed day, of a crowd that changes by many or not."),
            ),
            Panel(
                _("Deliveries"),
                columns=[
                    Column("key", _("Batch number"), "mono"),
                    Column("received_at", _("At"), "moment"),
                    Column("rows", _("Rows"), "number"),
                    Column("accepted", _("Accepted"), "number"),
                    Column("problems", _("Problems"), "number", value=lambda b: len(b.problems)),
                ],
                rows=partners.batches(found.id),
                empty=_("No delivery yet"),
            ),
        ],
    )


register(
    Resource(
        name="partners",
        title=_("Partners"),
        group="market",
        icon="handshake",
        roles=PARTNERS,
        order=42,
        about=_("Enterprises that bring their people and customers in batches."),
        search=_("Name or code"),
        columns=[
            Column("name", _("Partner"), "local", value=lambda p: p),
            Column("code", _("Code"), "mono"),
            Column("scene", _("Scene"), "label"),
            Column("paradigm", _("Paradigm"), "label:paradigm"),
            Column("members", _("Members"), "number"),
            Column("joined_on", _("Joined"), "date"),
            Column("status", _("State"), "badge:partner"),
        ],
        whole=_partners,
        link=lambda p: reverse("console:detail", args=["partners", p.id]),
        detail=_partner,
        empty=_("No partner yet"),
    )
)
