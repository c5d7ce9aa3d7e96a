"""The seven-day annualised yield, and what must be said of a fund."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from liti.core.clock import set_business_date
from liti.market import queries as market
from liti.market.disclosures import disclosure
from liti.wealth import queries
from liti.wealth.models import Fund, FundYield
from liti.wealth.rules import seven_day_yield


@pytest.mark.parametrize(
    ("incomes", "share"),
    [
        (["1.0000"] * 7, "0.03717"),  # 1.0001^365 − 1
        (["0.5000"] * 7, "0.01842"),
        (["0.0000"] * 7, "0.00000"),
        (["1.0", "1.0", "1.0", "8.0", "1.0", "1.0", "1.0"], "0.07571"),
    ],
)
def test_seven_days_compound_to_a_year(incomes, share):
    assert seven_day_yield([Decimal(i) for i in incomes]) == Decimal(share)


@pytest.mark.django_db
def test_a_missing_day_leaves_the_seven_day_yield_open():
    set_business_date(date(2026, 11, 23))
    fund = Fund.objects.get(code="LTYEB1")
    FundYield.objects.filter(fund=fund).delete()
    for day in range(15, 23):
        FundYield.objects.create(
            fund=fund, on=date(2026, 11, day), income_per_10000=Decimal("1.0000")
        )

    found = queries.published_yield("LTYEB1")
    assert (found.on, found.per_10000, found.seven_day) == (
        date(2026, 11, 22), Decimal("1.0000"), Decimal("0.03717"),
    )  # fmt: skip

    FundYield.objects.filter(fund=fund, on=date(2026, 11, 19)).delete()
    assert queries.published_yield("LTYEB1").seven_day is None


@pytest.mark.django_db
def test_a_fund_is_never_shown_without_what_must_be_said_of_it():
    set_business_date(date(2026, 11, 23))
    fund = market.product("LTYEB1")
    assert "立体基金（模拟）" in fund.disclosure_zh
    assert "不保证本金和最低收益" in fund.disclosure_zh
    assert "not a deposit" in fund.disclosure_en
    assert "单利" in market.product("LTLOAN").disclosure_zh
    assert disclosure("wealth", date(2018, 8, 14), "a", "b") == ("", "")
