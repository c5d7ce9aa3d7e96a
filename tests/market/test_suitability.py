"""Suitability and the questionnaire: by table, without a database."""

from __future__ import annotations

from datetime import date

import pytest

from liti.core.errors import Conflict, InvalidInput
from liti.market.assessing import questionnaire
from liti.market.rules import ORDER_STATES, Assessed, age_on, score, suitability

DAY = date(2026, 11, 23)
LATER = date(2027, 5, 1)


def judge(risk: int, level: int | None, *, lowest=False, age=40, until=LATER):
    assessed = Assessed(level, lowest, until) if level else None
    return suitability(risk, assessed, age=age, age_min=18, on=DAY)


@pytest.mark.parametrize("level", range(1, 6))
@pytest.mark.parametrize("risk", range(1, 6))
def test_a_class_buys_up_to_its_own_risk(level, risk):
    assert judge(risk, level).ok == (level >= risk)


def test_the_lowest_class_holds_r1_only():
    assert judge(1, 1, lowest=True).ok
    assert judge(2, 1, lowest=True).code == "market.risk_too_high"


def test_each_refusal_says_why_and_what_helps():
    missing, expired = judge(1, None), judge(1, 5, until=date(2026, 11, 22))
    assert (missing.code, expired.code) == ("market.no_assessment", "market.assessment_expired")
    assert missing.remedy
    assert expired.remedy
    assert judge(1, 5, until=DAY).ok
    assert judge(1, 5, age=17).code == "market.under_age"
    assert judge(0, None, age=None).code == "market.under_age"
    assert judge(0, None).ok


def test_an_age_counts_whole_years():
    assert age_on(date(2008, 11, 23), DAY) == 18
    assert age_on(date(2008, 11, 24), DAY) == 17
    assert age_on(None, DAY) is None


def answers(code: str) -> dict[str, str]:
    return {q["code"]: code for q in questionnaire()["questions"]}


def test_the_questionnaire_asks_enough_and_reaches_both_ends():
    assert len(questionnaire()["questions"]) >= 10
    assert score(questionnaire(), answers("a"))[1:] == (1, True)
    assert score(questionnaire(), answers("c"))[1:] == (5, False)
    assert score(questionnaire(), answers("b"))[1:] == (3, False)
    with_no_loss = answers("c") | {"loss": "a"}
    assert score(questionnaire(), with_no_loss)[1:] == (1, True)


def test_every_level_can_be_reached():
    levels = set()
    codes = [q["code"] for q in questionnaire()["questions"]]
    for count in range(len(codes) + 1):
        mixed = {c: ("c" if i < count else "b") for i, c in enumerate(codes)}
        levels.add(score(questionnaire(), mixed)[1])
        timid = {c: ("b" if c == "loss" or i < count else "a") for i, c in enumerate(codes)}
        levels.add(score(questionnaire(), timid)[1])
    assert levels == {1, 2, 3, 4, 5}


def test_an_open_or_unknown_answer_is_named():
    for wrong in ({}, answers("a") | {"goal": "z"}):
        with pytest.raises(InvalidInput):
            score(questionnaire(), wrong)


def test_a_settled_order_stays_settled():
    with pytest.raises(Conflict):
        ORDER_STATES.require("settled", "cancelled")
    assert ORDER_STATES.allows("confirmed", "cancelled")
