"""Reads of the marketplace: the shelf, suitability, orders."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from liti.core import engines, params
from liti.core.authority import BATCHES, open_to_all, own, own_if_given, query
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.history import Revision, history
from liti.core.ids import reference, whole_id
from liti.core.listing import count_to, ordered
from liti.core.lookups import searched
from liti.core.roles import CUSTOMERS, LEDGER, MARKET, STAFF
from liti.market import rules
from liti.market.assessing import AssessmentView, assessment_of, questionnaire
from liti.market.disclosures import disclosure
from liti.market.models import Order, OrderStep, Product, ProductVersion
from liti.market.prepared import (
    PreparedView,
    count_prepared,
    prepared_order,
    prepared_waiting,
    recent_prepared,
)
from liti.market.rules import UNDER_WAY, Assessed, Suitability, age_on
from liti.market.whose import buyer_of
from liti.parties import queries as parties

__all__ = [
    "AssessmentView",
    "OrderView",
    "PreparedView",
    "ProductView",
    "Suitability",
    "age_on",
    "assessment_of",
    "count_prepared",
    "order",
    "orders_of",
    "prepared_order",
    "prepared_waiting",
    "product",
    "questionnaire",
    "recent_orders",
    "recent_prepared",
    "shelf",
    "suitable",
]

WHOLE_MIN = 5  # shorter, and it is no whole reference
ORDER_ORDERS = {name: name for name in ("booked_on", "side", "channel", "amount_minor", "status")}


@dataclass(frozen=True, slots=True)
class ProductView:
    """A product as it stands on the day. `takes_orders`: it can be bought here, now.

    `disclosure`: what must be said of it wherever it is offered.
    """

    code: str
    name_zh: str
    name_en: str
    summary_zh: str
    summary_en: str
    category: str
    supplier: str
    supplier_zh: str
    supplier_en: str
    supplier_kind: str
    department: str
    risk_level: int
    currency: str
    amount_min_minor: int
    amount_max_minor: int
    account_classes: tuple[str, ...]
    status: str
    version: int
    takes_orders: bool
    disclosure_zh: str = ""
    disclosure_en: str = ""
    suitability: Suitability | None = None


@dataclass(frozen=True, slots=True)
class OrderView:
    """An order; its steps, oldest first, as (status, actor, note, moment).

    `filled_minor` is what the engine has delivered so far, `final` that it will be no more;
    `confirms_on` when it is expected to, `settles_on` when money and product change hands.
    """

    id: UUID
    party_id: UUID
    key: str
    side: str
    product_code: str
    product_zh: str
    product_en: str
    account_id: UUID
    amount_minor: int
    currency: str
    channel: str
    offer_id: UUID | None
    contributions: tuple[dict[str, Any], ...]
    status: str
    filled_minor: int
    final: bool
    reference: str
    reason_code: str
    cancel_asked: bool
    cancel_reason: str
    booked_on: date
    confirms_on: date | None
    settles_on: date | None
    created_at: datetime
    steps: tuple[tuple[str, str, str, datetime], ...] = ()

    @property
    def number(self) -> str:
        """What the customer and staff call it by."""
        return reference("O", self.booked_on, self.id)


@query(staff=STAFF, customer=own_if_given("party_id"), system=BATCHES)
def shelf(party_id: UUID | None = None) -> list[ProductView]:
    """Everything on the shelf today; for a customer each with its suitability."""
    on = business_date()
    assessed = assessment_of(party_id) if party_id else None
    age = age_on(parties.party(party_id).birth_date, on) if party_id else None
    found = []
    for version in _versions(on).filter(product__status="on_shelf").order_by("product__code"):
        verdict = _verdict(version, assessed, age, on) if party_id else None
        found.append(_product_view(version, verdict))
    return found


@open_to_all("what is on the shelf")
def product(code: str) -> ProductView:
    """One product in today's version, whatever its status. Raises NotFound."""
    return _product_view(current_version(code, business_date()))


@query(staff=CUSTOMERS | MARKET, customer=own("party_id"), system=BATCHES)
def suitable(party_id: UUID, product_code: str) -> Suitability:
    """Whether the customer may buy the product today, and why not."""
    return suits(party_id, current_version(product_code, business_date()))


@query(staff=CUSTOMERS | MARKET, customer=own("party_id"), system=BATCHES)
def orders_of(party_id: UUID, limit: int = 50) -> list[OrderView]:
    """A customer's orders, newest first."""
    return [
        order_view(row)
        for row in _orders().filter(party_id__in=parties.every_id(party_id))[: min(limit, 500)]
    ]


@query(staff=MARKET | LEDGER, system=BATCHES)
def recent_orders(
    *,
    status: str = "",
    product_code: str = "",
    order: str = "",
    limit: int = 50,
    offset: int = 0,
) -> list[OrderView]:
    """All orders, newest first, or by one of ORDER_ORDERS; `under_way` is the status of those
    that are not settled. Raises InvalidInput for another."""
    rows = ordered(_narrowed(status, product_code), order, ORDER_ORDERS, tie="-id")
    return [order_view(row) for row in rows[offset : offset + min(limit, 500)]]


@query(staff=MARKET | LEDGER, system=BATCHES)
def count_orders(*, status: str = "", product_code: str = "", most: int = 500) -> int:
    """How many orders `recent_orders` finds, counted to `most`."""
    return count_to(_narrowed(status, product_code), most)


def _narrowed(status: str, product_code: str) -> Any:
    rows = _orders()
    if status == "under_way":
        rows = rows.filter(status__in=UNDER_WAY)
    elif status:
        rows = rows.filter(status=status)
    if product_code:
        rows = rows.filter(product__code=product_code)
    return rows


@query(staff=MARKET, system=BATCHES)
def under_way_through(partner_ids: Collection[UUID]) -> dict[UUID, int]:
    """How many orders that each partner brought are not settled; only those that have any."""
    counts: Counter[UUID] = Counter()
    rows = Order.objects.filter(status__in=UNDER_WAY).exclude(contributions=[])
    for found in rows.values_list("contributions", flat=True).iterator(2_000):
        brought = {c["partner_id"] for c in found if c.get("partner_id")}
        counts.update(wanted for wanted in partner_ids if str(wanted) in brought)
    return dict(counts)


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def under_way_for(party_id: UUID, partner_id: UUID) -> list[UUID]:
    """A customer's orders that a partner placed and that are not settled, oldest first."""
    rows = Order.objects.filter(
        party_id__in=parties.ids_of(party_id),
        status__in=UNDER_WAY,
        channel="partner",
        contributions__contains=[{"partner_id": str(partner_id)}],
    )
    return list(rows.order_by("id").values_list("id", flat=True))


@query(staff=CUSTOMERS | MARKET | LEDGER, customer=buyer_of, system=BATCHES)
def order(order_id: UUID) -> OrderView:
    """One order with its steps. Raises NotFound."""
    row = _orders().filter(id=order_id).first()
    if row is None:
        raise NotFound("market.unknown_order", _("There is no order %(id)s.") % {"id": order_id})
    return order_view(row)


@query(staff=MARKET | LEDGER, system=BATCHES)
def find_orders(text: str, limit: int = 20) -> list[OrderView]:
    """Orders by their whole id or the supplier's whole reference, newest first; logged where
    the text can be one. Raises TooMany."""
    wanted, key = text.strip(), whole_id(text)
    if len(wanted) < WHOLE_MIN or not any(map(str.isdigit, wanted)):
        return []
    searched("order", wanted)
    rows = _orders().filter(id=key) if key else _orders().filter(reference=wanted)
    return [order_view(row) for row in rows[:limit]]


def suits(party_id: UUID, version: ProductVersion) -> Suitability:
    """For this room only: whether the customer may buy this version today, and why not."""
    on = business_date()
    age = age_on(parties.party(party_id).birth_date, on)
    return _verdict(version, assessment_of(party_id), age, on)


def current_version(code: str, on: date) -> ProductVersion:
    """The version of a product on a day. Raises NotFound. For this room only."""
    version: ProductVersion | None = _versions(on).filter(product__code=code).first()
    if version is None:
        raise NotFound(
            "market.unknown_product",
            _("There is no product %(code)s on %(day)s.") % {"code": code, "day": on},
        )
    return version


def order_view(row: Order, steps: Sequence[OrderStep] | None = None) -> OrderView:
    """For this room only: an order's row as others may see it; `steps` where all are at hand."""
    told = list(row.steps.all()) if steps is None else steps
    return OrderView(
        id=row.id,
        party_id=row.party_id,
        key=row.key,
        side=row.side,
        product_code=row.product.code,
        product_zh=row.version.name_zh,
        product_en=row.version.name_en,
        account_id=row.account_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        channel=row.channel,
        offer_id=row.offer_id,
        contributions=tuple(row.contributions),
        status=row.status,
        filled_minor=row.filled_minor,
        final=row.final,
        reference=row.reference,
        reason_code=row.reason_code,
        cancel_reason=row.cancel_reason,
        cancel_asked=row.cancel_asked_at is not None,
        booked_on=row.booked_on,
        confirms_on=row.confirms_on,
        settles_on=row.settles_on,
        created_at=row.created_at,
        steps=tuple((s.status, s.actor, s.note, s.at) for s in sorted(told, key=lambda s: s.id)),
    )


def _orders() -> Any:
    rows = Order.objects.select_related("product", "version").prefetch_related("steps")
    return rows.order_by("-id")


def _versions(on: date) -> Any:
    rows = ProductVersion.objects.select_related("product__supplier").filter(valid_from__lte=on)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("product__code", "-version")


def _verdict(
    version: ProductVersion, assessed: AssessmentView | None, age: int | None, on: date
) -> Suitability:
    known = Assessed(assessed.level, assessed.lowest, assessed.valid_until) if assessed else None
    age_min = params.get("market.buyer.age_min", on=on)
    return rules.suitability(version.risk_level, known, age=age, age_min=age_min, on=on)


def _product_view(version: ProductVersion, verdict: Suitability | None = None) -> ProductView:
    row = version.product
    classes: Sequence[str] = version.account_classes
    said_zh, said_en = disclosure(
        row.category, business_date(), row.supplier.name_zh, row.supplier.name_en
    )
    return ProductView(
        code=row.code,
        name_zh=version.name_zh,
        name_en=version.name_en,
        summary_zh=version.summary_zh,
        summary_en=version.summary_en,
        category=row.category,
        supplier=row.supplier.code,
        supplier_zh=row.supplier.name_zh,
        supplier_en=row.supplier.name_en,
        supplier_kind=row.supplier.kind,
        department=row.department,
        risk_level=version.risk_level,
        currency=version.currency,
        amount_min_minor=version.amount_min_minor,
        amount_max_minor=version.amount_max_minor,
        account_classes=tuple(classes),
        status=row.status,
        version=version.version,
        takes_orders=row.engine in engines.registered() and row.status == Product.Status.ON_SHELF,
        disclosure_zh=said_zh,
        disclosure_en=said_en,
        suitability=verdict,
    )


def figures_on(on: date) -> dict[str, int]:
    """Figures of a day: purchases placed on it, and their sum in minor units."""
    bought = Order.objects.filter(booked_on=on, side="buy").exclude(status="cancelled")
    found = bought.aggregate(n=Count("id"), minor=Sum("amount_minor"))
    return {"market.orders": found["n"], "market.orders_minor": int(found["minor"] or 0)}


@query(staff=MARKET)
def product_history(code: str) -> list[Revision]:
    """Who wrote which terms of a product and moved it on the shelf, newest first."""
    terms = history(ProductVersion, name=("version", "valid_from"), product__code=code)
    places = history(Product, name=("code",), code=code)
    return sorted([*terms, *places], key=lambda revision: revision.at, reverse=True)
