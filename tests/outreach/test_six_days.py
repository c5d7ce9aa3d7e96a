"""Six days of plans on several hundred people: nobody gets more than the caps say."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from tests.market.builders import assess
from tests.outreach.builders import DAY, customer, only_offers, parameter, release

from liti.core.channels import CHANNELS
from liti.core.clock import set_business_date
from liti.outreach import services
from liti.outreach.models import Contact
from liti.outreach.policy import policy_on

PEOPLE, DAYS = 500, 6
DEPARTMENTS = ("direct", "retail", "cards")
PRODUCTS = ("LTYEB1", "LTLOAN")
pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def a_demanding_bank() -> None:
    """Each product by each channel, wanted by three departments, with rests of two days."""
    set_business_date(DAY)
    parameter("outreach.window.no_reply_days", 2)
    only_offers(
        *(
            (f"{product}-{channel}-{who}", product, who, ["idle_balance"], [channel], 10**9)
            for product in PRODUCTS
            for channel in CHANNELS
            for who in DEPARTMENTS
        )
    )
    for _n in range(PEOPLE):
        assess(customer("idle_balance"))


def test_six_days_of_several_channels_give_nobody_more_than_the_caps():
    a_demanding_bank()
    # tomorrow's plan is released before today's: each counts the other
    for pair in ((1, 0), (3, 2), (5, 4)):
        for day in pair:
            on = DAY + timedelta(days=day)
            set_business_date(min(on, DAY + timedelta(days=min(pair))))
            release(services.plan_day(on).plan_id)
        for day in sorted(pair):
            on = DAY + timedelta(days=day)
            set_business_date(on)
            services.send_due(on, at=datetime.combine(on, time(2), UTC))

    policy = policy_on(DAY)
    got = list(Contact.objects.values_list("party_id", "channel", "on"))
    assert {on for _p, _c, on in got} == {DAY + timedelta(days=n) for n in range(DAYS)}
    each, by_channel = Counter(p for p, _c, _on in got), Counter((p, c) for p, c, _on in got)
    assert max(each.values()) == policy.per_7_days, "the cap is reached, and holds"
    assert max(Counter((p, on) for p, _c, on in got).values()) == 1
    for (_party, channel), count in by_channel.items():
        assert count <= policy.channel_per_7_days[channel]
    assert len({channel for _party, channel in by_channel}) > 1, "several channels were used"
    assert len(each) > PEOPLE * 8 // 10, "all but the control group were reached"
