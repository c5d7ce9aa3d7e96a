"""Orders go on when the published year ends, and follow the arrangement when it comes."""

from __future__ import annotations

from datetime import date

import pytest
from tests.market import builders

from liti.core.clock import set_business_date
from liti.core.delivery import deliver_pending
from liti.core.models import CalendarDay
from liti.day import services as day
from liti.day.calendars import Known
from liti.market import queries, services

pytestmark = pytest.mark.django_db
NEW_YEARS_EVE, FIRST_TRADING_DAY = date(2026, 12, 31), date(2027, 1, 4)


def test_an_order_of_the_last_day_is_confirmed_on_the_first_trading_day():
    party, account = builders.buyer()
    set_business_date(NEW_YEARS_EVE)

    order = services.place_order(party, "LTYEB1", account, 10_000, channel="mobile", key="k1")

    assert order.settles_on == FIRST_TRADING_DAY
    assert CalendarDay.objects.get(calendar="xshg", day=FIRST_TRADING_DAY).is_provisional


def test_it_is_dated_anew_when_the_arrangement_comes():
    party, account = builders.buyer()
    set_business_date(NEW_YEARS_EVE)
    order = services.place_order(party, "LTYEB1", account, 10_000, channel="mobile", key="k1")

    day.load_calendar([Known("xshg", FIRST_TRADING_DAY, False, "元旦", "notice 2027")])
    deliver_pending()
    deliver_pending()  # what the first round said in turn

    assert queries.order(order.id).settles_on == date(2027, 1, 5)
    assert services.settle_orders(FIRST_TRADING_DAY) == 0
    assert services.settle_orders(date(2027, 1, 5)) == 1
