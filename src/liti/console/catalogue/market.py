"""Pages of the market: the shelf, orders with the split of their benefit."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.attribution import queries as attribution
from liti.console.access import CUSTOMERS, MARKET, may
from liti.console.catalogue.ledger import account_href
from liti.console.history import history_panel
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Filter, Panel, Query, Resource, register
from liti.console.who import names
from liti.core.texts import local
from liti.market import queries as market
from liti.market.queries import OrderView, ProductView
from liti.ui import figures
from liti.ui.labels import label_of
from liti.wealth import queries as wealth

ORDERS_SHOWN = 10
ORDER_STATES = [
    ("under_way", _("Not decided yet")),
    ("agreed", _("Confirmed by the customer")),
    ("funded", _("Money set apart")),
    ("sent", _("Sent")),
    ("in_part", _("Filled in part")),
    ("confirmed", _("Confirmed")),
    ("settled", _("Settled")),
    ("in_position", _("In position")),
    ("refused", _("Refused")),
    ("cancelled", _("Cancelled")),
    ("suitable", _("Quote not taken yet")),
]


def _shelf(query: Query) -> Sequence[ProductView]:
    return [
        p
        for p in market.shelf()
        if query.text.lower() in f"{p.code} {p.name_zh} {p.name_en}".lower()
    ]


def _orders(query: Query) -> Sequence[OrderView]:
    return market.recent_orders(
        status=query.filters.get("status", ""),
        order=query.order,
        limit=query.limit,
        offset=query.offset,
    )


def _count(query: Query, most: int) -> int:
    return market.count_orders(status=query.filters.get("status", ""), most=most)


def _product(code: str) -> Detail:
    found = market.product(code)
    return Detail(
        title=local(found),
        subtitle=local(found, "summary"),
        state=found.status,
        facts=[
            Fact(_("Code"), found.code, "mono"),
            Fact(_("Supplier"), local(found, "supplier")),
            Fact(_("Kind of supplier"), found.supplier_kind, "label"),
            Fact(_("Department"), found.department, "label"),
            Fact(_("Risk"), f"R{found.risk_level}" if found.risk_level else ""),
            Fact(_("Minimum order"), found.amount_min_minor, "money"),
            Fact(_("Maximum order"), found.amount_max_minor, "money"),
            Fact(_("Version"), found.version),
        ],
        panels=[
            Panel(
                _("Latest orders"),
                columns=ORDER_COLUMNS,
                rows=market.recent_orders(product_code=code, limit=ORDERS_SHOWN),
                link=_order_href,
                empty=_("No orders yet"),
            ),
            history_panel(market.product_history(code), TERMS, TERMS_SHOWN),
            *_yields(found),
        ],
    )


def _yields(found: ProductView) -> list[Panel]:
    """Of a fund: each day's yield, and who wrote it."""
    if found.category != "wealth":
        return []
    names = {"income_per_10000": _("Income per 10,000 shares")}
    title = _("Yields by day, with who wrote them")
    return [history_panel(wealth.yield_history(found.code), names, title=title)]


TERMS = {
    "name_zh": _("Name in Chinese"),
    "name_en": _("Name in English"),
    "risk_level": _("Risk"),
    "amount_min_minor": _("Minimum order"),
    "amount_max_minor": _("Maximum order"),
    "status": _("State"),
    "valid_from": _("From"),
    "valid_to": _("To"),
}
TERMS_SHOWN = {
    "risk_level": lambda level: f"R{level}",
    "amount_min_minor": figures.money,
    "amount_max_minor": figures.money,
    "status": label_of,
}


def _order(key: str) -> Detail:
    found = market.order(as_uuid(key))
    name = names([found.party_id]).get(found.party_id, "")
    customer = reverse("console:customer", args=[found.party_id]) if may(CUSTOMERS) else ""
    return Detail(
        title=local(found, "product"),
        subtitle=found.number,
        state=found.status,
        facts=[
            Fact(_("Customer"), name, href=customer),
            Fact(_("Side"), found.side, "label"),
            Fact(_("Amount"), found.amount_minor, "money"),
            Fact(_("Filled amount"), found.filled_minor, "money"),
            Fact(_("Channel"), found.channel, "label"),
            Fact(_("Booking date"), found.booked_on, "date"),
            Fact(_("Expected to be confirmed"), found.confirms_on, "date"),
            Fact(_("Supplier’s reference"), found.reference, "mono"),
            Fact(_("Supplier’s reason"), found.reason_code, "mono"),
            Fact(_("Account"), str(found.account_id), "mono", href=account_href(found.account_id)),
        ],
        panels=[
            Panel(
                _("Steps"),
                columns=[
                    Column("state", _("State"), "badge", value=lambda s: s[0]),
                    Column("actor", _("By"), "people", value=lambda s: s[1]),
                    Column("note", _("Note"), value=lambda s: s[2]),
                    Column("at", _("At"), "moment", value=lambda s: s[3]),
                ],
                rows=found.steps,
                width=6,
            ),
            Panel(
                _("Who shares in the benefit"),
                columns=[
                    Column("role", _("Part"), "label", value=lambda s: f"share_{s.role}"),
                    Column("department", _("Department"), "label"),
                    Column("staff_code", _("Person"), "mono"),
                    Column("shadow", _("Ledger"), value=_split_ledger),
                    Column("amount_minor", _("Share"), "money"),
                ],
                rows=attribution.splits_of(found.id),
                empty=_("No split yet"),
                width=6,
            ),
        ],
    )


def _split_ledger(split: attribution.SplitView) -> str:
    return str(_("Management view") if split.shadow else _("Books"))


def _order_href(order: OrderView) -> str:
    return reverse("console:detail", args=["orders", order.id])


ORDER_COLUMNS = [
    Column("product", _("Product"), value=lambda o: local(o, "product")),
    Column("booked_on", _("Date"), "date", sorts=True),
    Column("side", _("Side"), "label", sorts=True),
    Column("channel", _("Channel"), "label", sorts=True),
    Column("amount_minor", _("Amount"), "money", sorts=True),
    Column("status", _("State"), "badge", sorts=True),
]

register(
    Resource(
        name="products",
        title=_("Market shelf"),
        group="market",
        icon="store",
        roles=MARKET,
        order=40,
        about=_("Products of all departments and outside suppliers under one suitability gate."),
        search=_("Name or code"),
        columns=[
            Column("name", _("Product"), value=lambda p: local(p)),
            Column("supplier", _("Supplier"), value=lambda p: local(p, "supplier")),
            Column("supplier_kind", _("Kind of supplier"), "label"),
            Column("department", _("Department"), "label"),
            Column(
                "risk_level", _("Risk"), value=lambda p: f"R{p.risk_level}" if p.risk_level else ""
            ),
            Column("amount_min_minor", _("Minimum order"), "money"),
            Column("status", _("State"), "badge:product"),
        ],
        whole=_shelf,
        link=lambda p: reverse("console:detail", args=["products", p.code]),
        detail=_product,
        empty=_("The shelf is empty"),
    ),
    Resource(
        name="orders",
        title=_("Orders"),
        group="market",
        icon="list",
        roles=MARKET,
        order=41,
        filters=[Filter("status", _("All states"), lambda: ORDER_STATES)],
        columns=ORDER_COLUMNS,
        fetch=_orders,
        total=_count,
        link=_order_href,
        detail=_order,
        empty=_("No orders yet"),
        hint=_("They come from the mobile pages, the console, partners and the plan."),
    ),
)
