"""What may be proposed to one customer, weighed: the best, those behind it, those that rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from liti.core.texts import in_language, local
from liti.outreach.models import Offer, PlanItem
from liti.outreach.policy import Policy
from liti.outreach.rules import render_reason
from liti.outreach.scores import Score, matched_facts, rules_of, score_of


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
    """What to propose to a customer next. `item_id`: the contact of today's plan, if any."""

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


@dataclass(frozen=True, slots=True)
class NextBest:
    """What was weighed for a customer: the `action` (None: leave him in peace), what may be
    proposed too and came behind, the best first, and what must rest."""

    action: Action | None
    runners_up: tuple[Weighed, ...]
    resting: tuple[Weighed, ...]


def row_of(item: PlanItem) -> dict[str, Any]:
    """A planned contact as a row of the candidates."""
    return {
        "offer_id": item.offer_id, "channel": item.channel, "department": item.department,
        "propensity_bp": item.propensity_bp, "expected_minor": item.expected_minor,
        "reason": item.reason,
    }  # fmt: skip


def next_best(
    rows: Sequence[dict[str, Any]], item: PlanItem | None, offers: Sequence[Offer], policy: Policy
) -> NextBest:
    """The planned contact, else the best of the candidates (the most valuable first) that
    nothing refuses; the others beside it."""
    named = {o.id: o for o in offers}
    if item:
        best: dict[str, Any] | None = row_of(item)
        named.setdefault(item.offer_id, item.offer)
    else:
        best = next((r for r in rows if not r["blocked"]), None)
    beside = [_weighed(named[r["offer_id"]], r, policy) for r in rows if not _is(r, best)]
    return NextBest(
        action=_action(named[best["offer_id"]], best, item, policy) if best else None,
        runners_up=tuple(w for w in beside if not w.reason),
        resting=tuple(w for w in beside if w.reason),
    )


def reasons(product_code: str, facts: Any) -> tuple[str, str]:
    """Why a customer, in Chinese and English, from the facts kept with a contact."""
    rules, matched = rules_of(product_code)["rules"], matched_facts(facts)
    return render_reason(rules, matched, "zh"), render_reason(rules, matched, "en")


def _is(row: dict[str, Any], best: dict[str, Any] | None) -> bool:
    return best is not None and all(row[name] == best[name] for name in ("offer_id", "channel"))


def _weighed(offer: Offer, found: dict[str, Any], policy: Policy) -> Weighed:
    return Weighed(
        offer.code,
        local(offer),
        offer.product_code,
        found["channel"],
        _score(offer, found, policy),
        found["blocked"] or "",
    )


def _score(offer: Offer, found: dict[str, Any], policy: Policy) -> Score:
    return score_of(
        offer.product_code,
        matched_facts(found["reason"]),
        lift_bp=policy.lift_bp[found["channel"]],
        value_minor=offer.value_minor,
        cost_minor=policy.cost_minor[found["channel"]],
    )


def _action(offer: Offer, found: dict[str, Any], item: PlanItem | None, policy: Policy) -> Action:
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
    )
