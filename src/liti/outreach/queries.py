"""Reads of outreach: the plan, its items, a customer's next best action and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, open_to_all, own, query
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.history import Revision, history
from liti.core.listing import ordered
from liti.core.roles import CUSTOMERS, PLAN, STAFF
from liti.outreach import scores, weighing
from liti.outreach.candidates import offers_on, rows_of
from liti.outreach.models import BlockedCount, Contact, Offer, Plan, PlanItem, Reason
from liti.outreach.planning import refused_items
from liti.outreach.policy import policy_on
from liti.outreach.weighing import NextBest
from liti.parties import queries as parties

PAGE_MAX = 500
ITEM_ORDERS = {
    "channel": "channel",
    "department": "department",
    "staff_code": "staff_code",
    "propensity_bp": "propensity_bp",
    "expected_minor": "expected_minor",
    "status": "status",
}


@dataclass(frozen=True, slots=True)
class PlanView:
    """A day's plan. `blocked`: candidates by reason; the counts by channel and department."""

    id: UUID
    on: date
    status: str
    people: int
    candidates: int
    planned: int
    expected_minor: int
    blocked: dict[str, int]
    by_channel: dict[str, int]
    by_department: dict[str, int]
    by_status: dict[str, int]
    planned_at: datetime


@dataclass(frozen=True, slots=True)
class PlanItemView:
    """One contact of the plan; `reason_zh`/`reason_en` say why this customer."""

    id: UUID
    plan_id: UUID
    on: date
    party_id: UUID
    offer_id: UUID
    offer_code: str
    offer_zh: str
    offer_en: str
    product_code: str
    channel: str
    department: str
    staff_code: str
    propensity_bp: int
    expected_minor: int
    reason_zh: str
    reason_en: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class ContactView:
    """A contact in the bank-wide ledger."""

    id: UUID
    on: date
    product_code: str
    channel: str
    department: str
    staff_code: str
    plan_item_id: UUID | None
    response: str
    responded_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class OfferView:
    """An offer."""

    id: UUID
    code: str
    product_code: str
    department: str
    segments: tuple[str, ...]
    channels: tuple[str, ...]
    premises: tuple[str, ...]
    value_minor: int
    name_zh: str
    name_en: str
    valid_from: date
    valid_to: date | None


@open_to_all("words")
def premise_choices() -> list[tuple[str, str]]:
    """What an offer may say of a customer: (code, the reader's words)."""
    return scores.premise_choices()


@open_to_all("a word")
def reason_label(code: str) -> str:
    """The reader's words for a reason why somebody is left in peace."""
    return str(Reason(code).label)


@query(staff=STAFF, system=BATCHES)
def plan(on: date | None = None) -> PlanView | None:
    """The plan of a day (default: the newest), or None."""
    rows = Plan.objects.exclude(status=Plan.Status.SUPERSEDED).order_by("-on")
    row = rows.filter(on=on).first() if on else rows.first()
    if row is None:
        return None
    items = PlanItem.objects.filter(plan=row)
    blocked = BlockedCount.objects.filter(plan=row).values_list("reason")
    return PlanView(
        id=row.id,
        on=row.on,
        status=row.status,
        people=row.people,
        candidates=row.candidates,
        planned=row.planned,
        expected_minor=items.aggregate(total=Sum("expected_minor"))["total"] or 0,
        blocked=dict(blocked.annotate(n=Sum("candidates")).order_by("-n", "reason")),
        by_channel=_counts(items, "channel"),
        by_department=_counts(items, "department"),
        by_status=_counts(items, "status"),
        planned_at=row.planned_at,
    )


@query(staff=PLAN, system=BATCHES)
def blocked_by_offer(plan_id: UUID) -> list[tuple[str, str, int]]:
    """(offer code, reason, candidates) of a plan, the most frequent first."""
    rows = BlockedCount.objects.filter(plan_id=plan_id).order_by("-candidates", "reason")
    return list(rows.values_list("offer__code", "reason", "candidates"))


@query(staff=PLAN, system=BATCHES)
def plan_items(
    on: date,
    *,
    department: str = "",
    channel: str = "",
    status: str = "",
    staff_code: str = "",
    order: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[PlanItemView]:
    """Contacts of a day's plan, the most valuable first. Raises InvalidInput for an order
    that is none of `ITEM_ORDERS`."""
    rows = _items(on, department, channel, status, staff_code)
    rows = rows.select_related("offer", "plan").order_by("-expected_minor", "party_id")
    rows = ordered(rows, order, ITEM_ORDERS, tie="party_id")
    return [_item_view(row) for row in rows[offset : offset + min(limit, PAGE_MAX)]]


@query(staff=PLAN, system=BATCHES)
def count_items(
    on: date, *, department: str = "", channel: str = "", status: str = "", staff_code: str = ""
) -> int:
    """How many contacts `plan_items` finds."""
    return int(_items(on, department, channel, status, staff_code).count())


def _items(on: date, department: str, channel: str, status: str, staff_code: str) -> Any:
    rows = PlanItem.objects.filter(plan__on=on).exclude(plan__status=Plan.Status.SUPERSEDED)
    given = {
        "department": department,
        "channel": channel,
        "status": status,
        "staff_code": staff_code,
    }
    return rows.filter(**{name: value for name, value in given.items() if value})


@query(staff=STAFF, system=BATCHES)
def plan_days(limit: int = 30) -> list[date]:
    """The days that have a plan, the newest first."""
    rows = Plan.objects.exclude(status=Plan.Status.SUPERSEDED).order_by("-on")
    return list(rows.values_list("on", flat=True)[: min(limit, PAGE_MAX)])


@query(staff=PLAN, system=BATCHES)
def plan_staff(on: date) -> list[str]:
    """The codes of who has contacts to make in a day's plan, in their order."""
    codes = _items(on, "", "", "", "").exclude(staff_code="").order_by("staff_code")
    return list(codes.values_list("staff_code", flat=True).distinct()[:PAGE_MAX])


@query(staff=PLAN, system=BATCHES)
def plan_item(item_id: UUID) -> PlanItemView:
    """One contact of a plan. Raises NotFound."""
    row = PlanItem.objects.filter(id=item_id).select_related("offer", "plan").first()
    if row is None:
        raise NotFound(
            "outreach.unknown_item", _("There is no planned contact %(id)s.") % {"id": item_id}
        )
    return _item_view(row)


@query(staff=CUSTOMERS, system=BATCHES)
def next_best_action(party_id: UUID) -> NextBest:
    """Today's contact of the plan, else the best that the rules allow now, with each candidate's
    score in parts: the one proposed, those behind it, and those that must rest."""
    on = business_date()
    party_id = parties.resolve([party_id])[party_id]
    offers = offers_on(on)
    mine = PlanItem.objects.filter(
        party_id__in=parties.every_id(party_id),
        plan__on=on,
        plan__status__in=["drafted", "proposed", "released"],
        status__in=["planned", "sent"],
    ).select_related("offer", "plan")
    item = mine.first()
    if item and item.status == "planned" and _refused(item):
        item = None
    return weighing.next_best(rows_of(party_id, on, offers), item, offers, policy_on(on))


def _refused(item: PlanItem) -> bool:
    """Whether a planned contact may not be made any more, though nobody dropped it yet."""
    released = item.plan.status == Plan.Status.RELEASED
    return bool(refused_items(item.plan, sending=released, party_id=item.party_id))


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def contacts_of(party_id: UUID, limit: int = 50) -> list[ContactView]:
    """All contacts of a customer by whichever department, newest first."""
    rows = Contact.objects.filter(party_id__in=parties.every_id(party_id))
    return [
        ContactView(
            r.id, r.on, r.product_code, r.channel, r.department, r.staff_code, r.plan_item_id,
            r.response, r.responded_on, r.note,
        )
        for r in rows.order_by("-on")[: min(limit, PAGE_MAX)]
    ]  # fmt: skip


@query(staff=STAFF, system=BATCHES)
def offer(code: str) -> OfferView:
    """An offer that holds today. Raises NotFound."""
    found = next((o for o in offers() if o.code == code), None)
    if found is None:
        raise NotFound(
            "outreach.unknown_offer", _("There is no offer %(code)s today.") % {"code": code}
        )
    return found


@query(staff=STAFF, system=BATCHES)
def offers(on: date | None = None) -> list[OfferView]:
    """Offers that hold on a day (default: today)."""
    return [
        OfferView(
            o.id, o.code, o.product_code, o.department, tuple(o.segments), tuple(o.channels),
            tuple(o.premises), o.value_minor, o.name_zh, o.name_en, o.valid_from, o.valid_to,
        )
        for o in offers_on(on or business_date())
    ]  # fmt: skip


@query(staff=STAFF, system=BATCHES)
def offer_history(code: str) -> list[Revision]:
    """Who wrote which version of an offer, newest first."""
    return history(Offer, name=("valid_from",), code=code)


def _counts(items: Any, field: str) -> dict[str, int]:
    return dict(items.values_list(field).annotate(n=Count("id")).order_by("-n", field))


def _item_view(row: PlanItem) -> PlanItemView:
    reason_zh, reason_en = weighing.reasons(row.offer.product_code, row.reason)
    return PlanItemView(
        id=row.id,
        plan_id=row.plan_id,
        on=row.plan.on,
        party_id=row.party_id,
        offer_id=row.offer_id,
        offer_code=row.offer.code,
        offer_zh=row.offer.name_zh,
        offer_en=row.offer.name_en,
        product_code=row.offer.product_code,
        channel=row.channel,
        department=row.department,
        staff_code=row.staff_code,
        propensity_bp=row.propensity_bp,
        expected_minor=row.expected_minor,
        reason_zh=reason_zh,
        reason_en=reason_en,
        status=row.status,
        note=row.note,
    )
