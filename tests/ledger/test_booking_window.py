"""A posting's days are bound to the business date; books that exist are an authority apart."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from tests.market.builders import DAY

from liti.core import authority
from liti.core.clock import set_business_date
from liti.core.errors import Refused
from liti.core.ids import uuid7
from liti.core.params import set_parameter
from liti.ledger.models import Transfer
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post, post_history, post_one

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(db):
    set_business_date(DAY)


def on(day, **more):
    accounts = internal_account("cash"), internal_account("clearing.interbank")
    return TransferRequest(uuid7(), *accounts, 100, "test", day, **more)


@pytest.mark.parametrize(
    "day",
    [date(1900, 1, 1), date(9999, 12, 31), date.min, DAY - timedelta(1097), DAY + timedelta(32),
     datetime(2026, 11, 23), "2026-11-23", None],  # noqa: DTZ001
)  # fmt: skip
def test_a_day_far_from_the_business_date_is_refused_and_stops_no_other(day):
    refused, posted = post([on(day), on(DAY)])
    assert (refused.code, posted.status) == ("booked_outside", "posted")
    with pytest.raises(Refused) as why:
        post_one(on(day))
    assert why.value.code == "ledger.booked_outside"
    assert Transfer.objects.count() == 1


@pytest.mark.parametrize("days", [-1096, 0, 31])
def test_the_bounds_themselves_are_within(days):
    assert post([on(DAY + timedelta(days))])[0].ok


def test_a_value_date_lies_near_the_booking():
    assert post([on(DAY, value_on=DAY - timedelta(366))])[0].ok
    assert post([on(DAY, value_on=date(9999, 1, 1))])[0].code == "booked_outside"


def test_the_bound_is_a_parameter():
    set_parameter("ledger.booking.days_back", 3, valid_from=DAY)
    assert post([on(DAY - timedelta(4))])[0].code == "booked_outside"
    assert post([on(DAY - timedelta(3))])[0].ok


def test_a_retry_after_the_window_has_moved_is_a_replay():
    asked = on(DAY)
    post_one(asked)
    set_business_date(DAY + timedelta(1200))
    assert post([asked])[0].status == "replayed"


def test_books_that_exist_go_back_further_but_not_ahead():
    assert post_history([on(date(1993, 1, 1), origin="recorded")])[0].ok
    assert post_history([on(date(1900, 1, 1))])[0].code == "booked_outside"
    assert post_history([on(DAY + timedelta(1))])[0].code == "booked_outside"


def test_only_the_demonstration_and_the_installation_take_books_over():
    declared = authority.declaration_of(post_history)
    assert (declared.system, declared.client, declared.staff) == (
        frozenset({"database", "demo"}),
        None,
        frozenset(),
    )
