"""What may be proposed to one customer, weighed: the best, those behind it, those that rest."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liti.core.texts import in_language, local
from liti.outreach import scores
from liti.outreach.models import Offer, PlanItem
from liti.outreach.policy import Policy
from liti.outreach.rules import render_reason
from liti.outreach.scores import Score, propensity_rules


@dataclass(frozen=True, slots=True)
class Weighed:
    """A candidate beside the one that is proposed, with its score.

    `reason`: the code of why it must rest, or empty where it only came behind.
    """

    offer_code: str
    title: str
    product_code: str
    channel: str
    score: Score
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Action:
    """What to propose to a customer next. `item_id`: the contact of today's plan, if any.

    `runners_up` may be proposed too and came behind, the best first; `why_not` must rest.
    """

    item_id: UUID | None
    offer_id: UUID
    product_code: str
    title: str
    title_zh: str
    title_en: str
    reason: str
    reason_zh: str
    reason_en: str
    channel: str
    department: str
    staff_code: str
    propensity_bp: int
    expected_minor: int
    status: str
    score: Score
    runners_up: tuple[Weighed, ...] = ()
    why_not: tuple[Weighed, ...] = ()


def found_of(item: PlanItem) -> dict[str, Any]:
    return {
        "offer_id": item.offer_id, "channel": item.channel, "department": item.department,
        "propensity_bp": item.propensity_bp, "expected_minor": item.expected_minor,
        "reason": item.reason,
    }  # fmt: skip


def weighed(
    rows: Sequence[dict[str, Any]], offers: Sequence[Offer], policy: Policy
) -> tuple[Weighed, ...]:
    named = {o.id: o for o in offers}
    return tuple(
        Weighed(
            r["offer_code"],
            local(named[r["offer_id"]]),
            r["product_code"],
            r["channel"],
            _score(named[r["offer_id"]], r, policy),
            r["blocked"] or "",
        )
        for r in rows
    )


def _score(offer: Offer, found: dict[str, Any], policy: Policy) -> Score:
    return scores.score_of(
        offer.product_code,
        found["reason"],
        lift_bp=policy.lift_bp[found["channel"]],
        value_minor=offer.value_minor,
        cost_minor=policy.cost_minor[found["channel"]],
    )


def action(
    offer: Offer,
    found: dict[str, Any],
    item: PlanItem | None,
    policy: Policy,
    *,
    runners_up: tuple[Weighed, ...],
    why_not: tuple[Weighed, ...],
) -> Action:
    reason_zh, reason_en = reasons(offer.product_code, found["reason"])
    return Action(
        item_id=item.id if item else None,
        offer_id=offer.id,
        product_code=offer.product_code,
        title=local(offer),
        title_zh=offer.name_zh,
        title_en=offer.name_en,
        reason=in_language(reason_zh, reason_en),
        reason_zh=reason_zh,
        reason_en=reason_en,
        channel=found["channel"],
        department=found["department"],
        staff_code=item.staff_code if item else "",
        propensity_bp=int(found["propensity_bp"]),
        expected_minor=int(found["expected_minor"]),
        status=item.status if item else "candidate",
        score=_score(offer, found, policy),
        runners_up=runners_up,
        why_not=why_not,
    )


def reasons(product_code: str, facts: Any) -> tuple[str, str]:
    # Raw cursors give jsonb as text, the ORM as a dict.
    matched = json.loads(facts) if isinstance(facts, str) else facts or {}
    rules = propensity_rules().get(product_code, {"rules": []})["rules"]
    return render_reason(rules, matched, "zh"), render_reason(rules, matched, "en")
