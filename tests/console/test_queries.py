"""What a page asks the database for: parameters and the business date once."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from tests.core.builders import give
from tests.market import builders

from liti.core.clock import set_business_date
from liti.core.models import User
from liti.market import services as market

pytestmark = pytest.mark.django_db


def asked(client: Client, path: str, table: str) -> tuple[int, int]:
    """The page's answer and how many of its queries read the table."""
    client.get(path)
    with CaptureQueriesContext(connection) as seen:
        status = client.get(path).status_code
    return status, sum(f'"{table}"' in q["sql"] for q in seen.captured_queries)


@pytest.fixture
def buyer(db):
    set_business_date(date(2026, 11, 23))
    party, account = builders.buyer(500_000)
    market.place_order(party, "LTYEB1", account, 1000, channel="mobile", key="k")
    return party


@pytest.mark.parametrize("table", ["core_parameter", "core_businessday"])
def test_a_page_of_the_console_reads_parameters_and_the_day_once(buyer, table):
    user = User.objects.create(username="h", kind="staff")
    give(user, "operation_head")
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/", f"/customers/{buyer}/", "/plan/", f"/customers/{buyer}/order/"):
        status, times = asked(client, path, table)
        assert status == 200, path
        assert times <= (2 if path == "/" else 1), path  # home counts other rooms' work too


@pytest.mark.parametrize("table", ["core_parameter", "core_businessday"])
def test_a_page_of_the_mobile_bank_reads_parameters_and_the_day_once(buyer, table):
    user = User.objects.create(username="c", kind="customer", party_id=buyer)
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    for path in ("/m/", "/m/wealth/"):
        status, times = asked(client, path, table)
        assert status == 200, path
        assert times <= 1, path
