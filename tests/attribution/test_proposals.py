"""How a sale is shared changes by proposal."""

from __future__ import annotations

from datetime import date

import pytest

from liti.attribution import services
from liti.attribution.models import SplitPolicy
from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, InvalidInput
from liti.core.ids import uuid7

pytestmark = pytest.mark.django_db
TODAY, LATER = date(2026, 11, 23), date(2026, 12, 1)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"finance_officer"}))


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def test_new_weights_follow_the_old_ones_and_are_told_in_words():
    weights = {"referral": 10, "seller": 60, "owner": 30}
    with acting(MAKER):
        id = services.propose_split_policy("default", LATER, weights, "新", "New")
    with acting(CHECKER):
        lines = {x.label: (x.before, x.after) for x in approvals.approval(id).change.lines}
        approvals.decide(id, True)

    assert lines["Weights"][1] == "referral 10, seller 60, owner 30"
    old, new = SplitPolicy.objects.filter(code="default").order_by("valid_from")
    assert (old.valid_to, new.valid_from, new.weights) == (LATER, LATER, weights)


def test_the_last_policy_for_all_does_not_end():
    with acting(MAKER), pytest.raises(InvalidInput, match="No policy for all"):
        services.propose_split_policy_end("default", LATER)
    assert SplitPolicy.objects.get(code="default").valid_to is None


@pytest.mark.parametrize(
    "weights", [{}, {"seller": 0}, {"boss": 1}, {"seller": -1}, {"seller": True}, {"seller": 1.5}]
)
def test_weights_that_share_nothing_are_refused(weights):
    with acting(MAKER), pytest.raises(InvalidInput) as refused:
        services.propose_split_policy("default", LATER, weights, "新", "New")
    assert refused.value.data["field"] == "weights"


def test_marketing_does_not_propose_how_sales_are_shared():
    marketing = Actor("staff", "m", uuid7(), frozenset({"marketing_operator"}))
    with acting(marketing), pytest.raises(Forbidden):
        services.propose_split_policy("default", LATER, {"seller": 1}, "新", "New")
