"""Commands of attribution: share the benefit of a sale, and take it back with the sale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liti.attribution.models import Benefit, Split, SplitPolicy
from liti.attribution.proposals import propose_split_policy as propose_split_policy
from liti.attribution.proposals import propose_split_policy_end as propose_split_policy_end
from liti.attribution.rules import Claim, Share, benefit_minor, shadow, split
from liti.core import params
from liti.core.authority import command, open_to_all
from liti.core.errors import NotFound
from liti.core.events import emit
from liti.core.ids import uuid7_at
from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post
from liti.market import queries as market
from liti.parties import queries as parties

SHARED = "attribution.benefit.shared"
EXPENSE = "marketing.expense"
GL_BENEFITS_PAYABLE = "2211"
GL_OTHER_PAYABLES = "2241"
# As the books name them, in both languages.
DEPARTMENTS = {
    "retail": ("零售", "retail"),
    "cards": ("信用卡与银行卡", "cards"),
    "lending": ("贷款", "lending"),
    "corporate": ("公司", "corporate"),
    "payroll": ("代发工资", "payroll"),
    "direct": ("直销银行", "direct bank"),
    "wealth": ("财富", "wealth"),
}


@dataclass(frozen=True, slots=True)
class Sale:
    """A filled order, as its event tells it. Amounts in minor units."""

    event_id: UUID
    order_id: UUID
    party_id: UUID
    product_code: str
    amount_minor: int
    currency: str
    booked_on: date
    claims: tuple[Claim, ...]


@command(system=("attribution", "demo"))
@transaction.atomic
def share_benefit(sale: Sale) -> int:
    """Split what the sale brought and post it; returns the benefit. Once per sale.

    Financial shares sum to the benefit and are posted Dr marketing.expense, Cr the bonus
    account of each department or partner. Shadow shares are kept beside, never posted.
    """
    if known := Benefit.objects.filter(order_id=sale.order_id, kind="sale").first():
        return known.benefit_minor
    product = market.product(sale.product_code)
    policy = _policy(product.category, sale.booked_on)
    fee_bp = Decimal(params.get("attribution.fee_bp", on=sale.booked_on, scope=sale.product_code))
    total_minor = benefit_minor(sale.amount_minor, fee_bp)
    house = Claim("product", product.department)
    shares = split(total_minor, sale.claims, policy.weights, house)
    assert sum(s.amount_minor for s in shares) == total_minor, "shares sum to the whole"
    benefit = Benefit.objects.create(
        order_id=sale.order_id,
        party_id=parties.hold(sale.party_id),
        kind=Benefit.Kind.SALE,
        event_id=sale.event_id,
        product_code=sale.product_code,
        amount_minor=sale.amount_minor,
        benefit_minor=total_minor,
        currency=sale.currency,
        policy=policy,
        booked_on=sale.booked_on,
    )
    views = shadow(total_minor, [s.claim for s in shares])
    _write(benefit, shares, views, sign=1)
    emit(SHARED, str(sale.order_id), {"benefit_minor": total_minor, "kind": "sale"})
    return total_minor


@command(system=("attribution", "demo"))
@transaction.atomic
def reverse_benefit(event_id: UUID, order_id: UUID, booked_on: date) -> int:
    """Take the shares of a cancelled sale back, each from where it went; once per sale.

    Returns what was reversed; 0 when the sale had not been shared, or was reversed before.
    """
    sold = Benefit.objects.filter(order_id=order_id, kind="sale").first()
    if sold is None or Benefit.objects.filter(order_id=order_id, kind="reversal").exists():
        return 0
    rows = list(sold.splits.order_by("id"))
    benefit = Benefit.objects.create(
        order_id=order_id,
        party_id=parties.hold(sold.party_id),
        kind=Benefit.Kind.REVERSAL,
        event_id=event_id,
        product_code=sold.product_code,
        amount_minor=-sold.amount_minor,
        benefit_minor=-sold.benefit_minor,
        currency=sold.currency,
        policy=sold.policy,
        booked_on=booked_on,
    )
    _write(
        benefit,
        [_share(r) for r in rows if not r.shadow],
        [_share(r) for r in rows if r.shadow],
        sign=-1,
    )
    emit(SHARED, str(order_id), {"benefit_minor": benefit.benefit_minor, "kind": "reversal"})
    return sold.benefit_minor


@command(system=("attribution",))
def bonus_account(claim: Claim, currency: str = "CNY") -> UUID:
    """The ledger account that gathers a department's (2211) or a partner's (2241) shares."""
    own = claim.partner_id is None
    code = f"bonus.{claim.department}" if own else f"bonus.partner.{claim.partner_id}"
    account_id = internal_account(code)
    chinese, english = DEPARTMENTS.get(claim.department, (claim.department,) * 2)
    if not own:
        chinese, english = "合作企业", "partner"
    name = f"业绩分成（{chinese}） / Benefit shares ({english})"
    gl_code = GL_BENEFITS_PAYABLE if own else GL_OTHER_PAYABLES
    open_accounts([NewAccount(account_id, name, gl_code, currency, floor_minor=None, code=code)])
    return account_id


def _write(benefit: Benefit, shares: Sequence[Share], views: Sequence[Share], *, sign: int) -> None:
    midnight = datetime.combine(benefit.booked_on, time(), UTC)
    rows, transfers = [], []
    for number, share in enumerate(shares):
        transfer_id = None
        if share.amount_minor:
            transfer_id = uuid7_at(midnight, "attribution", benefit.order_id, benefit.kind, number)
            sides = [internal_account(EXPENSE), bonus_account(share.claim, benefit.currency)]
            debit, credit = sides if sign > 0 else reversed(sides)
            transfers.append(
                TransferRequest(
                    id=transfer_id,
                    debit_account_id=debit,
                    credit_account_id=credit,
                    amount_minor=share.amount_minor,
                    kind=f"attribution.{benefit.kind}",
                    booked_on=benefit.booked_on,
                    currency=benefit.currency,
                    narrative=f"{share.claim.role} {benefit.product_code}",
                )
            )
        rows.append(_row(benefit, share, sign, shadow=False, transfer_id=transfer_id))
    rows += [_row(benefit, view, sign, shadow=True) for view in views]
    if transfers:
        post(transfers, all_or_none=True)
    Split.objects.bulk_create(rows)


def _row(
    benefit: Benefit, share: Share, sign: int, *, shadow: bool, transfer_id: UUID | None = None
) -> Split:
    return Split(
        benefit=benefit,
        shadow=shadow,
        role=share.claim.role,
        department=share.claim.department,
        staff_code=share.claim.staff_code,
        partner_id=share.claim.partner_id,
        weight=share.weight,
        amount_minor=sign * share.amount_minor,
        transfer_id=transfer_id,
    )


def _share(row: Split) -> Share:
    claim = Claim(row.role, row.department, row.staff_code, row.partner_id)
    return Share(claim, row.weight, row.amount_minor)


def _policy(category: str, on: date) -> SplitPolicy:
    rows = SplitPolicy.objects.filter(category__in=["", category], valid_from__lte=on)
    rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=on))
    policy = rows.order_by("-category", "-valid_from").first()
    if policy is None:
        raise NotFound(
            "attribution.no_policy", _("No split policy holds on %(day)s.") % {"day": on}
        )
    return policy


@open_to_all("reads what it is given")
def claims_of(contributions: Sequence[dict[str, Any]]) -> tuple[Claim, ...]:
    """The contributions that an order carries, as claims."""
    return tuple(
        Claim(
            role=str(c["role"])[:30],
            department=str(c["department"])[:20],
            staff_code=str(c.get("staff_code") or "")[:20],
            partner_id=UUID(c["partner_id"]) if c.get("partner_id") else None,
        )
        for c in contributions
    )
