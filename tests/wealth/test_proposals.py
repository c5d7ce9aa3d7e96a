"""A yield by hand needs two people and no paid day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest

from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting, job
from liti.core.errors import Forbidden, InvalidInput, Refused
from liti.core.ids import uuid7
from liti.wealth import queries, services
from liti.wealth.models import Fund, FundYield, IncomeRun

pytestmark = pytest.mark.django_db
FUND, TODAY = "LTYEB1", date(2026, 11, 23)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"finance_officer"}))


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def test_a_yield_of_a_day_gone_by_is_put_right_by_two_people():
    with acting(job("demo")):
        services.record_yields(FUND, {TODAY: "0.5"})
    with acting(MAKER):
        with pytest.raises(Forbidden):
            services.record_yields(FUND, {TODAY: "0.6"})
        id = services.propose_yield(FUND, TODAY, "0.6543")
    with acting(CHECKER):
        told = approvals.approval(id).change
        approvals.decide(id, True)

    assert [(x.before, x.after) for x in told.lines] == [
        ("¥0.5000", "¥0.6543"), ("Simulated", "The fund’s manager"),
    ]  # fmt: skip
    row = FundYield.objects.get(fund__code=FUND, on=TODAY)
    assert (row.income_per_10000, row.origin) == (Decimal("0.6543"), "manager")
    assert queries.yield_history(FUND)[0].changes["income_per_10000"] == (
        Decimal("0.5000"), Decimal("0.6543"),
    )  # fmt: skip


def test_a_paid_day_a_day_to_come_and_nonsense_are_refused():
    fund = Fund.objects.get(code=FUND)
    IncomeRun.objects.create(fund=fund, on=TODAY - timedelta(days=1), holdings=0, income_minor=0)
    with acting(MAKER):
        with pytest.raises(Refused, match="paid already"):
            services.propose_yield(FUND, TODAY - timedelta(days=1), "0.5")
        with pytest.raises(InvalidInput, match="still to come"):
            services.propose_yield(FUND, TODAY + timedelta(days=1), "0.5")
        with pytest.raises(InvalidInput):
            services.propose_yield(FUND, TODAY, "much")
        with pytest.raises(InvalidInput, match="origin"):
            services.propose_yield(FUND, TODAY, "0.5", origin="simulated")
    assert not FundYield.objects.filter(on__gte=TODAY - timedelta(days=1)).exists()
