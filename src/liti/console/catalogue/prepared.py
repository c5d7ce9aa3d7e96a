"""Orders that staff prepared, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import CUSTOMERS, MARKET, may
from liti.console.catalogue.ledger import account_href
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Filter, Query, Resource, register
from liti.console.who import names
from liti.core.texts import local
from liti.market import queries as market
from liti.market.queries import PreparedView

STATES = [
    ("waiting", _("Waits for the customer")),
    ("confirmed", _("Confirmed by the customer")),
    ("declined", _("Declined by the customer")),
    ("expired", _("Expired")),
    ("taken_back", _("Taken back")),
]


def _prepared(query: Query) -> Sequence[PreparedView]:
    return market.recent_prepared(
        status=query.filters.get("status", ""),
        order=query.order,
        limit=query.limit,
        offset=query.offset,
    )


def _count(query: Query, most: int) -> int:
    return market.count_prepared(status=query.filters.get("status", ""), most=most)


def _one(key: str) -> Detail:
    found = market.prepared_order(as_uuid(key))
    name = names([found.party_id]).get(found.party_id, "")
    customer = reverse("console:customer", args=[found.party_id]) if may(CUSTOMERS) else ""
    order = reverse("console:detail", args=["orders", found.order_id]) if found.order_id else ""
    return Detail(
        title=local(found, "product"),
        subtitle=found.number,
        state=f"prepared.{found.status}",
        facts=[
            Fact(_("Customer"), name, href=customer),
            Fact(_("Side"), found.side, "label"),
            Fact(_("Amount"), found.amount_minor, "money"),
            Fact(_("Account"), str(found.account_id), "mono", href=account_href(found.account_id)),
            Fact(_("Channel"), found.channel, "label"),
            Fact(_("Prepared by"), found.prepared_by),
            Fact(_("Prepared"), found.prepared_at, "moment"),
            Fact(_("Waits until"), found.expires_at, "moment"),
            Fact(_("Expected to be confirmed"), found.confirms_on, "date"),
            Fact(_("Answered"), found.decided_at, "moment"),
            Fact(_("Reason"), found.reason),
            Fact(_("Order"), _("See the order") if order else "", href=order),
        ],
        panels=[],
    )


register(
    Resource(
        name="prepared",
        title=_("Prepared orders"),
        group="market",
        icon="clock",
        roles=MARKET,
        order=42,
        about=_("They wait in the customer’s app; nothing moves before he confirms."),
        filters=[Filter("status", _("All states"), lambda: STATES)],
        columns=[
            Column("product", _("Product"), value=lambda p: local(p, "product")),
            Column("prepared_at", _("Prepared"), "moment", sorts=True),
            Column("prepared_by", _("Prepared by"), sorts=True),
            Column("side", _("Side"), "label", sorts=True),
            Column("channel", _("Channel"), "label", sorts=True),
            Column("amount_minor", _("Amount"), "money", sorts=True),
            Column("status", _("State"), "badge:prepared", sorts=True),
        ],
        fetch=_prepared,
        total=_count,
        link=lambda p: reverse("console:detail", args=["prepared", p.id]),
        detail=_one,
        empty=_("No prepared orders yet"),
    ),
)
