"""Days of loss: taken from the shares, never below zero, in whatever order yields arrive."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.parties.builders import known_party
from tests.wealth.test_sweep import FUND, MONDAY, TUESDAY, account_with, pool, shares

from liti.core import checks
from liti.core.clock import set_business_date
from liti.core.ids import uuid7
from liti.core.models import User
from liti.ledger.queries import balance
from liti.wealth import queries, rules, services
from liti.wealth.models import Holding, Income

pytestmark = pytest.mark.django_db
DAYS = [TUESDAY + timedelta(days=n) for n in range(5)]


def holder(amount_minor: int = 5_000_000):
    account, party = account_with(amount_minor), known_party()
    services.subscribe(uuid7(), account, amount_minor, MONDAY, party_id=party)
    return account, party


def in_step() -> bool:
    return all(fund.agrees for fund in queries.funds()) and not any(
        found.findings for found in checks.run_all()
    )


def test_a_loss_is_taken_from_the_shares_and_from_the_pool():
    account, _party = holder()
    before = pool()
    services.record_yields(FUND, {TUESDAY: "-0.0409"})
    set_business_date(TUESDAY)
    report = services.distribute_income(TUESDAY)
    # 50,000.00 × -0.0409 / 10,000 = -0.2045, cut down to -0.21, and 0.0055 carried
    assert report.income_minor == -21
    assert (shares(account), pool() - before) == (4_999_979, -21)
    assert Holding.objects.get().remainder_minor == Decimal("0.55")
    assert services.distribute_income(TUESDAY).replayed == 1
    assert shares(account) == 4_999_979
    newest = queries.movements_of_account(account)[0]
    assert (newest.kind, newest.amount_minor) == ("loss", -21)
    assert in_step()


def test_a_loss_takes_no_more_than_is_left_and_the_fund_bears_the_rest():
    account, party = holder(100_000)
    set_business_date(TUESDAY)
    services.redeem(uuid7(), account, 99_995, TUESDAY, party_id=party)
    services.subscribe(uuid7(), account, 50_000, TUESDAY, party_id=party)
    services.record_yields(FUND, {MONDAY: "0.1", TUESDAY: "-900"})
    set_business_date(DAYS[1])
    services.redeem(uuid7(), account, 1, DAYS[1], party_id=party)
    assert services.distribute_due(DAYS[1]).on == MONDAY
    report = services.distribute_due(DAYS[1])
    row = Income.objects.get(on=TUESDAY)
    assert row.earning_minor == 5
    assert (report.income_minor, row.income_minor, row.borne_minor) == (-1, -1, 0)
    assert in_step()


def test_who_sold_all_before_the_loss_came_owes_nothing():
    account, party = holder(100_000)
    set_business_date(DAYS[1])
    services.redeem(uuid7(), account, 100_000, DAYS[1], party_id=party)
    services.record_yields(FUND, {TUESDAY: "-0.5"})
    report = services.distribute_due(DAYS[1])
    row = Income.objects.get(on=TUESDAY)
    assert (report.income_minor, row.income_minor, row.borne_minor) == (0, 0, 5)
    assert (shares(account), balance(account), row.remainder_minor) == (0, 100_000, 0)
    assert in_step()


class AnyOrder(TestCase):
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        rates=st.lists(st.decimals("-3", "3", places=4), min_size=5, max_size=5),
        wrong=st.lists(st.decimals("-3", "3", places=4), min_size=5, max_size=5),
        order=st.permutations(range(5)),
        sold=st.integers(0, 900_000),
    )
    @example([Decimal("-0.0409")] * 5, [Decimal(3)] * 5, [4, 3, 2, 1, 0], 0)
    def test_late_and_corrected_yields_sum_up(self, rates, wrong, order, sold):
        account, party = holder()
        set_business_date(DAYS[-1] + timedelta(days=1))
        held, carried, paid = 5_000_000, Decimal(0), dict[int, int]()
        for turn, n in enumerate(order):
            services.record_yields(FUND, {DAYS[n]: str(wrong[n])})
            services.record_yields(FUND, {DAYS[n]: str(rates[n])})
            services.distribute_due(DAYS[n])
            # what was held that day: the purchase and the incomes of that day's past, paid by now
            earning = held + sum(minor for day, minor in paid.items() if day <= n)
            found = rules.income_of(earning, rates[n], carried)
            carried, paid[n] = found.remainder_minor, found.income_minor
            if turn == 2 and sold:
                services.redeem(uuid7(), account, sold, DAYS[-1] + timedelta(days=1),
                                party_id=party)  # fmt: skip
        assert {r.on: r.income_minor for r in Income.objects.all()} == {
            DAYS[n]: minor for n, minor in paid.items()
        }
        assert shares(account) == held + sum(paid.values()) - sold
        exact = sum(r.earning_minor * rates[DAYS.index(r.on)] / 10_000
                    for r in Income.objects.all())  # fmt: skip
        assert sum(paid.values()) + carried == exact
        assert in_step()


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", ("Last day’s loss", "Loss of the day")), ("zh-hans", ("昨日亏损", "当日亏损"))],
)
def test_the_customer_reads_a_loss_as_a_loss(language, words):
    _account, party = holder()
    services.record_yields(FUND, {TUESDAY: "-0.0409"})
    set_business_date(TUESDAY)
    services.distribute_income(TUESDAY)
    user = User.objects.create_user("c1", password="x", kind="customer", party_id=party)
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    page = client.get("/m/wealth/").content.decode()
    for word in words:
        assert word in page
    assert "0.21" in page
    assert date(2026, 11, 24).isoformat() in page
