"""Who may buy what, and the life of an order and a product: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput
from liti.core.states import StateMachine

# created: taken; paid: the money is set apart; sent: at the supplier; confirmed: filled,
# still open to cancelling; settled: final. rejected: the supplier or a rule said no.
ORDER_STATES = StateMachine(
    "market.order",
    {
        "created": ("paid", "rejected", "cancelled"),
        "paid": ("sent", "rejected", "cancelled"),
        "sent": ("confirmed", "rejected", "cancelled"),
        "confirmed": ("settled", "cancelled"),
        "settled": (),
        "rejected": (),
        "cancelled": (),
    },
)
UNDER_WAY = ("created", "paid", "sent", "confirmed")
PRODUCT_STATES = StateMachine(
    "market.product",
    {
        "draft": ("on_shelf", "withdrawn"),
        "on_shelf": ("suspended", "withdrawn"),
        "suspended": ("on_shelf", "withdrawn"),
        "withdrawn": (),
    },
)
LEVELS = ("C1", "C2", "C3", "C4", "C5")
LOWEST_ALLOWS = 1


@dataclass(frozen=True, slots=True)
class Contribution:
    """Someone who helped a sale: role referral, seller, owner, introducer_corporate, …"""

    role: str
    department: str
    staff_code: str = ""
    partner_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Assessed:
    """A risk assessment as the rule needs it: level 1–5, last day of validity."""

    level: int
    lowest: bool
    valid_until: date


@dataclass(frozen=True, slots=True)
class Suitability:
    """May this customer buy this product today; why not, and what would help."""

    ok: bool
    code: str = ""
    reason: str = ""
    remedy: str = ""


def suitability(
    risk_level: int, assessed: Assessed | None, *, age: int | None, age_min: int, on: date
) -> Suitability:
    """Allowed when C ≥ R by a valid assessment (金融机构产品适当性管理办法, in force 2026-02-01).

    Products without investment risk (level 0: account, loan) ask for age only. R1 – the
    money-market sweep – asks for an assessment too, and every class passes, the lowest
    included, which may hold nothing above R1. Nobody under `age_min` buys; an unknown age
    is treated as such.
    """
    if age is None or age < age_min:
        return Suitability(
            False,
            "market.under_age",
            _("Only customers of %(age)d years or more can buy this.") % {"age": age_min},
        )
    if risk_level == 0:
        return Suitability(True)
    remedy = _("Answer the risk questionnaire; it takes two minutes.")
    if assessed is None:
        return Suitability(False, "market.no_assessment", _("No risk assessment yet."), remedy)
    if assessed.valid_until < on:
        return Suitability(
            False,
            "market.assessment_expired",
            _("The risk assessment was valid until %(day)s.") % {"day": assessed.valid_until},
            remedy,
        )
    allowed = LOWEST_ALLOWS if assessed.lowest else assessed.level
    if risk_level > allowed:
        return Suitability(
            False,
            "market.risk_too_high",
            _("The product's risk R%(risk)d is above what suits this customer, R%(allowed)d.")
            % {"risk": risk_level, "allowed": allowed},
            _("Choose a product of lower risk."),
        )
    return Suitability(True)


def age_on(birth_date: date | None, on: date) -> int | None:
    """Whole years on a day."""
    if birth_date is None:
        return None
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def score(questionnaire: Mapping[str, Any], answers: Mapping[str, str]) -> tuple[int, int, bool]:
    """Points, level 1–5 and whether it is the lowest class. Every question needs an answer."""
    total, lowest = 0, False
    for question in questionnaire["questions"]:
        options = {option["code"]: option for option in question["options"]}
        chosen = options.get(answers.get(question["code"], ""))
        if chosen is None:
            raise InvalidInput(
                "market.answer_missing",
                _("Question “%(question)s” has no valid answer.") % {"question": question["code"]},
                question=question["code"],
            )
        total += chosen["score"]
        lowest = lowest or bool(chosen.get("lowest"))
    thresholds = [questionnaire["levels"][name] for name in LEVELS]
    level = 1 if lowest else sum(total >= points for points in thresholds)
    return total, level, lowest
