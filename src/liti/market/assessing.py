"""The risk questionnaire: taken by the customer, scored by the rule, kept as answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml
from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.authority import BATCHES, command, open_to_all, own, query
from liti.core.clock import business_date
from liti.core.errors import Refused
from liti.core.events import emit
from liti.core.roles import CUSTOMERS, MARKET, SERVICE
from liti.market import events, rules
from liti.market.models import RiskAssessment
from liti.parties import queries as parties


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """A customer's class: C1–C5; `lowest` may hold R1 only, whatever else is decided."""

    party_id: UUID
    level: int
    name: str
    lowest: bool
    score: int
    assessed_on: date
    valid_until: date


@open_to_all("the questions that everybody is asked")
@cache
def questionnaire() -> dict[str, Any]:
    """The questions with their options, texts in both languages."""
    text = (resources.files("liti.market") / "data" / "questionnaire.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


@command(staff=SERVICE, customer=own("party_id"), system=("demo",))
@transaction.atomic
def assess(party_id: UUID, answers: Mapping[str, str]) -> AssessmentView:
    """Score the customer's answers (question code → option code) and keep both.

    Raises InvalidInput for a missing answer, Refused for too many tests (2 a day, 8 in 12
    months by parameter) or a customer under age. Nobody can set a result by hand.
    """
    on = business_date()
    party_id = parties.hold(party_id)
    points, level, lowest = rules.score(questionnaire(), answers)
    age = rules.age_on(parties.party(party_id).birth_date, on)
    if age is None or age < params.get("market.buyer.age_min", on=on):
        raise Refused(
            "market.under_age", _("Only adults whose birth date is known can be assessed.")
        )
    _check_count(party_id, on)
    months = params.get("market.assessment.valid_months", on=on)
    row = RiskAssessment.objects.create(
        party_id=party_id,
        questionnaire=questionnaire()["version"],
        answers=dict(answers),
        score=points,
        level=level,
        lowest=lowest,
        assessed_on=on,
        valid_until=on + relativedelta(months=months) - relativedelta(days=1),
    )
    emit(events.ASSESSED, str(party_id), {"party_id": str(party_id), "level": level})
    return _view(row)


@query(staff=CUSTOMERS | MARKET, customer=own("party_id"), system=BATCHES)
def assessment_of(party_id: UUID) -> AssessmentView | None:
    """The assessment that stands, valid or not: the latest, or of one who answered as two
    before a merge the stricter of both."""
    standing = RawSQL("SELECT id FROM market_standing_of(%s)", [party_id])
    rows = RiskAssessment.objects.annotate(living=parties.living(party_id))
    row = rows.filter(id__in=standing).first()
    return None if row is None else replace(_view(row), party_id=row.living)


def _check_count(party_id: UUID, on: date) -> None:
    mine = RiskAssessment.objects.filter(party_id__in=parties.every_id(party_id))
    today = mine.filter(assessed_on=on).count()
    year = mine.filter(assessed_on__gt=on - relativedelta(months=12)).count()
    if today >= params.get("market.assessment.max_per_day", on=on):
        raise Refused(
            "market.assessed_too_often",
            _("The questionnaire was answered often enough today."),
            remedy=_("Try again tomorrow."),
        )
    if year >= params.get("market.assessment.max_per_year", on=on):
        raise Refused(
            "market.assessed_too_often",
            _("The questionnaire was answered as often as is allowed in 12 months."),
        )


def _view(row: RiskAssessment) -> AssessmentView:
    return AssessmentView(
        party_id=row.party_id,
        level=row.level,
        name=rules.LEVELS[row.level - 1],
        lowest=row.lowest,
        score=row.score,
        assessed_on=row.assessed_on,
        valid_until=row.valid_until,
    )
