"""A thing's page shows who wrote what, from what to what."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.console.builders import text_of
from tests.core.builders import give

from liti.attribution.models import SplitPolicy
from liti.core import approvals, params
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting, job
from liti.core.ids import uuid7
from liti.core.models import User
from liti.market import services as market
from liti.outreach.models import Offer
from liti.wealth import services as wealth

pytestmark = pytest.mark.django_db
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"risk_officer"}))


@pytest.fixture
def client(db):
    set_business_date(date(2026, 11, 23))
    user = User.objects.create(username="reader", kind="staff")
    give(user, "operation_head")
    found = Client(headers={"accept-language": "en"})
    found.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return found


def test_a_product_that_two_people_suspended_says_so(client):
    with acting(MAKER):
        id = market.propose_product_status("LTYEB1", "suspended")
    with acting(CHECKER):
        approvals.decide(id, True)
    page = client.get("/list/products/LTYEB1/").content.decode()
    assert "maker / checker" in page
    assert "State: On the shelf → Suspended" in page


def test_a_parameter_shows_its_values_and_who_wrote_them(client):
    with acting(job("database")):
        params.set_parameter("outreach.cap.per_7_days", 2, date(2026, 12, 1))
    page = client.get("/list/parameters/outreach.cap.per_7_days/").content.decode()
    assert "2 contacts" in page
    assert ">System<" in page  # a job of the house is not named


def test_a_group_shows_its_versions(client):
    assert "idle_balance 1" in client.get("/list/groups/idle_balance/").content.decode()


def test_a_fund_an_offer_and_a_way_of_sharing_show_who_wrote_them(client):
    with acting(job("database")):
        wealth.record_yields("LTYEB1", {date(2026, 11, 20): "0.3651"})
        Offer.objects.create(
            code="try_it", product_code="LTYEB1", department="direct", segments=["idle_balance"],
            channels=["app"], value_minor=12_300, name_zh="试", name_en="Try",
            valid_from=date(2026, 11, 1),
        )  # fmt: skip
        SplitPolicy.objects.create(
            code="trial", weights={"seller": 60, "bank": 40}, name_zh="试", name_en="Trial",
            source_tag="B", valid_from=date(2026, 11, 1), category="wealth",
        )  # fmt: skip
    assert "Income per 10,000 shares: 0.3651" in text_of(client.get("/list/products/LTYEB1/"))
    offer = text_of(client.get("/list/offers/try_it/"))
    assert "Groups: idle_balance" in offer
    assert "Worth of one acceptance: ¥123.00" in offer
    assert "Weights: bank 40, seller 60" in text_of(client.get("/list/split-policies/trial/"))
