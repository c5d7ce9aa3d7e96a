"""Offers change by proposal."""

from __future__ import annotations

from datetime import date

import pytest

from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.outreach import queries, services
from liti.outreach.models import Offer

pytestmark = pytest.mark.django_db
TODAY, LATER = date(2026, 11, 23), date(2026, 12, 1)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"marketing_operator"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"risk_officer"}))
TERMS = {
    "product_code": "LTYEB1", "department": "direct", "segments": ["idle_balance"],
    "channels": ["push", "sms"], "value_minor": 7_000, "name_zh": "闲钱", "name_en": "Idle money",
}  # fmt: skip


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def agreed(id):
    with acting(CHECKER):
        approvals.decide(id, True)


def names(on: date) -> set[str]:
    return {o.name_en for o in queries.offers(on)}


def test_an_offer_has_other_terms_from_a_day_on_and_ends_on_another():
    with acting(MAKER):
        agreed_later = services.propose_offer("sweep-idle", LATER, **TERMS)
    agreed(agreed_later)
    assert "Idle money" not in names(TODAY)
    assert "Idle money" in names(LATER)
    assert "Let idle money earn in the sweep" not in names(LATER)
    with acting(MAKER):
        end = services.propose_offer_end("sweep-idle", date(2026, 12, 10))
    agreed(end)
    assert "Idle money" in names(date(2026, 12, 9))
    assert "Idle money" not in names(date(2026, 12, 10))
    assert Offer.objects.filter(code="sweep-idle").count() == 2


@pytest.mark.parametrize(
    ("odd", "error"),
    [
        ({"product_code": "NONE"}, NotFound),
        ({"segments": ["nobody_knows"]}, InvalidInput),
        ({"segments": []}, InvalidInput),
        ({"channels": ["fax"]}, InvalidInput),
        ({"premises": ["is_rich"]}, InvalidInput),
        ({"value_minor": 0}, InvalidInput),
        ({"name_en": ""}, InvalidInput),
    ],
)
def test_an_offer_that_cannot_hold_is_refused(odd, error):
    with acting(MAKER), pytest.raises(error):
        services.propose_offer("sweep-idle", LATER, **TERMS | odd)
    assert Offer.objects.filter(code="sweep-idle").count() == 1


def test_an_offer_that_is_not_there_does_not_end_and_a_steward_proposes_none():
    with acting(MAKER), pytest.raises(Conflict):
        services.propose_offer_end("never", LATER)
    steward = Actor("staff", "s", uuid7(), frozenset({"data_steward"}))
    with acting(steward), pytest.raises(Forbidden):
        services.propose_offer("sweep-idle", LATER, **TERMS)
