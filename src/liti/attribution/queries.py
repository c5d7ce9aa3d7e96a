"""Reads of attribution: the shares of a sale, and benefits by department."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from liti.attribution.models import Benefit, Split, SplitPolicy
from liti.core.authority import BATCHES, query
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.history import Revision, history
from liti.core.roles import LEDGER, MARKET, roles


@dataclass(frozen=True, slots=True)
class SplitView:
    """A share. `shadow`: the management view; reversals are negative."""

    kind: str
    shadow: bool
    role: str
    department: str
    staff_code: str
    partner_id: UUID | None
    weight: int
    amount_minor: int
    currency: str
    booked_on: date
    policy: str
    transfer_id: UUID | None


@dataclass(frozen=True, slots=True)
class DepartmentBenefit:
    """A department's (or partner's) benefit: in the books, and in the management view."""

    department: str
    partner_id: UUID | None
    sales: int
    financial_minor: int
    shadow_minor: int


@dataclass(frozen=True, slots=True)
class BenefitReport:
    """Both ledgers of a span. `elimination_minor` is what double counting adds (双算)."""

    valid_from: date
    valid_to: date
    lines: tuple[DepartmentBenefit, ...]
    benefit_minor: int
    shadow_minor: int

    @property
    def financial_minor(self) -> int:
        return sum(line.financial_minor for line in self.lines)

    @property
    def elimination_minor(self) -> int:
        return self.shadow_minor - self.benefit_minor

    @property
    def agrees(self) -> bool:
        """Shares in the books sum to the benefits."""
        return self.financial_minor == self.benefit_minor


@dataclass(frozen=True, slots=True)
class PolicyView:
    """How a sale is shared: weights by part, for one category of products or all ("")."""

    code: str
    category: str
    weights: dict[str, int]
    name_zh: str
    name_en: str
    valid_from: date
    valid_to: date | None


@query(staff=MARKET | roles("finance_officer"), system=BATCHES)
def policies() -> list[PolicyView]:
    """The ways of sharing that hold today, by code."""
    day = business_date()
    rows = SplitPolicy.objects.filter(valid_from__lte=day)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=day)).order_by("code", "valid_from")
    return [
        PolicyView(
            r.code, r.category, dict(r.weights), r.name_zh, r.name_en, r.valid_from, r.valid_to
        )
        for r in rows
    ]


@query(staff=MARKET | roles("finance_officer"), system=BATCHES)
def policy(code: str) -> PolicyView:
    """One way of sharing that holds today. Raises NotFound."""
    found = next((p for p in policies() if p.code == code), None)
    if found is None:
        raise NotFound(
            "attribution.unknown_policy", _("There is no way of sharing %(code)s.") % {"code": code}
        )
    return found


@query(staff=MARKET | roles("finance_officer"), system=BATCHES)
def policy_history(code: str) -> list[Revision]:
    """Who wrote which version of a way of sharing, newest first."""
    return history(SplitPolicy, name=("valid_from",), code=code)


@query(staff=MARKET | roles("finance_officer"), system=BATCHES)
def splits_of(order_id: UUID) -> list[SplitView]:
    """All shares of a sale, its reversal included, the books' first."""
    rows = Split.objects.filter(benefit__order_id=order_id).select_related("benefit__policy")
    return [
        SplitView(
            kind=r.benefit.kind,
            shadow=r.shadow,
            role=r.role,
            department=r.department,
            staff_code=r.staff_code,
            partner_id=r.partner_id,
            weight=r.weight,
            amount_minor=r.amount_minor,
            currency=r.benefit.currency,
            booked_on=r.benefit.booked_on,
            policy=r.benefit.policy.code,
            transfer_id=r.transfer_id,
        )
        for r in rows.order_by("benefit__id", "shadow", "id")
    ]


@query(staff=LEDGER | MARKET, system=BATCHES)
def benefits_by_department(valid_from: date, valid_to: date) -> BenefitReport:
    """Benefits booked from `valid_from` to `valid_to` (both included), by who gets them."""
    span = Q(benefit__booked_on__gte=valid_from, benefit__booked_on__lte=valid_to)
    groups = (
        Split.objects.filter(span)
        .values("department", "partner_id")
        .annotate(
            sales=Count("benefit__order_id", distinct=True, filter=Q(shadow=False)),
            financial=Sum("amount_minor", filter=Q(shadow=False)),
            shadowed=Sum("amount_minor", filter=Q(shadow=True)),
        )
        .order_by("department", "partner_id")
    )
    lines = tuple(
        DepartmentBenefit(
            g["department"], g["partner_id"], g["sales"], g["financial"] or 0, g["shadowed"] or 0
        )
        for g in groups
    )
    benefits = Benefit.objects.filter(booked_on__gte=valid_from, booked_on__lte=valid_to)
    return BenefitReport(
        valid_from=valid_from,
        valid_to=valid_to,
        lines=lines,
        benefit_minor=benefits.aggregate(total=Sum("benefit_minor"))["total"] or 0,
        shadow_minor=sum(line.shadow_minor for line in lines),
    )
