"""Who may buy what, and the life of an order and a product: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.engines import Answer, Outcome
from liti.core.errors import Conflict, InvalidInput
from liti.core.states import StateMachine

# quoted: the engine said what it would do; suitable: the gate let it pass; agreed: the
# customer has confirmed; funded: his money waits in clearing; sent: it is the engine's turn;
# confirmed: filled whole; in_part: filled in part; settled: money and product changed hands;
# in_position: it stands in the customer's position. refused: by the engine; cancelled: by the
# customer, or a quote that nobody took. A sale sets no money apart: agreed, then sent.
ORDER_STATES = StateMachine(
    "market.order",
    {
        "quoted": ("suitable", "agreed", "cancelled"),
        "suitable": ("agreed", "cancelled"),
        "agreed": ("funded", "sent", "cancelled"),
        "funded": ("sent", "cancelled"),
        "sent": ("confirmed", "in_part", "refused", "cancelled"),
        "in_part": ("confirmed", "settled", "cancelled"),
        "confirmed": ("settled", "cancelled"),
        "settled": ("in_position",),
        "in_position": (),
        "refused": (),
        "cancelled": (),
    },
)
# Something is still owed to somebody.
UNDER_WAY = ("agreed", "funded", "sent", "in_part", "confirmed", "settled")
# It is the engine's turn, and it may be asked.
AT_THE_ENGINE = ("sent", "in_part")
# An order that staff prepared: it waits for the customer's own word, and is never touched again.
PREPARED_STATES = StateMachine(
    "market.prepared",
    {
        "waiting": ("confirmed", "declined", "expired", "taken_back"),
        "confirmed": (),
        "declined": (),
        "expired": (),
        "taken_back": (),
    },
)
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
class Standing:
    """Where an order stands: its state, what is filled, whether more can be (minor units)."""

    status: str
    amount_minor: int
    filled_minor: int = 0
    final: bool = False


def heard(order: Standing, answer: Answer) -> tuple[Standing, tuple[str, ...]]:
    """Where an order stands after an engine's answer, and the states that it went through.

    The same answer again, and one that was overtaken by a later one, change nothing. Raises
    Conflict for an answer that contradicts what the engine said before, or fills more than
    was ordered: then a person has to ask, and nothing is guessed.
    """
    outcome, filled = answer.outcome, answer.filled_minor
    if outcome in (Outcome.NO_ANSWER, Outcome.NEVER_SEEN, Outcome.ACCEPTED):
        return order, ()
    if outcome in (Outcome.REFUSED, Outcome.CANCELLED):
        return _unfilled(order, answer)
    if outcome != Outcome.IN_PART and not filled:
        # Confirmed says the whole, where it names no sum; what follows goes by what was filled.
        known = order.final and outcome != Outcome.CONFIRMED
        filled = order.filled_minor if known else order.amount_minor
    final = order.final or answer.final or outcome != Outcome.IN_PART
    final = final or filled == order.amount_minor
    if not 0 < filled <= order.amount_minor or order.status in ("refused", "cancelled"):
        raise _contradicts(order, answer)
    if filled < order.filled_minor and outcome == Outcome.IN_PART and not answer.final:
        return order, ()  # overtaken: somebody heard of more already
    if filled < order.filled_minor or (order.final and filled != order.filled_minor):
        raise _contradicts(order, answer)
    reached = "confirmed" if filled == order.amount_minor else "in_part"
    path = [reached]
    if outcome in (Outcome.SETTLED, Outcome.IN_POSITION):
        path.append("settled")
    if outcome == Outcome.IN_POSITION:
        path.append("in_position")
    done = _RANK[order.status]
    states = tuple(state for state in path if _RANK[state] > done)
    status = states[-1] if states else order.status
    return Standing(status, order.amount_minor, filled, final), states


_RANK = {
    **dict.fromkeys(("quoted", "suitable", "agreed", "funded", "sent"), 0),
    "in_part": 1,
    "confirmed": 2,
    "settled": 3,
    "in_position": 4,
}


def _unfilled(order: Standing, answer: Answer) -> tuple[Standing, tuple[str, ...]]:
    state = str(answer.outcome)
    if order.status == state:
        return order, ()
    taken_back = state == "cancelled" and order.status == "confirmed"
    if not taken_back and (order.filled_minor or _RANK.get(order.status) != 0):
        raise _contradicts(order, answer)
    return Standing(state, order.amount_minor, 0, True), (state,)


def _contradicts(order: Standing, answer: Answer) -> Conflict:
    return Conflict(
        "market.outcome_conflict",
        _("The engine says %(said)s of an order that is %(status)s.")
        % {"said": answer.outcome, "status": order.status},
        remedy=_("Ask the supplier; nothing was changed."),
        filled_minor=answer.filled_minor,
    )


def ask_again_after(attempts: int, first_seconds: int, most_seconds: int) -> int:
    """Seconds until an undecided order is asked about again: doubled each time, up to a most."""
    return int(min(most_seconds, first_seconds * 2 ** min(attempts, 20)))


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


def prepared_status(status: str, expires_at: datetime, at: datetime) -> str:
    """What a prepared order is at a moment: whatever waits has expired by itself."""
    return "expired" if status == "waiting" and expires_at <= at else status
