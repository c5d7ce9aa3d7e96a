"""A thing's page shows who wrote what, from what to what."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from tests.core.builders import give

from liti.core import approvals, params
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting, job
from liti.core.ids import uuid7
from liti.core.models import User
from liti.market import services as market

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
    assert "database" in page


def test_a_group_shows_its_versions(client):
    assert "idle_balance 1" in client.get("/list/groups/idle_balance/").content.decode()
