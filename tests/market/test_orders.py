"""An order from the shelf to the books: filled once, refused with a reason, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.market.builders import DAY, account_of, assess, buyer, person

from liti.core.clock import set_business_date
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.models import Event
from liti.ledger.queries import balance, internal_account
from liti.market import queries, services
from liti.market.services import Contribution
from liti.wealth.queries import holdings_of

SWEEP = "LTYEB1"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    set_business_date(DAY)


def buy(party, account, amount_minor=30_000, key="k1", **other):
    return services.place_order(
        party, SWEEP, account, amount_minor, channel="mobile", key=key, **other
    )


def test_a_purchase_goes_through_to_the_books_and_is_told_once():
    party, account = buyer(100_000)
    seller = Contribution("seller", "retail", "RM007")

    order = buy(party, account, introduced_by=[seller])
    again = buy(party, account, introduced_by=[seller])

    assert again.id == order.id
    assert order.status == "confirmed"
    assert balance(account) == 70_000
    assert [h.shares_minor for h in holdings_of(party)] == [30_000]
    [event] = Event.objects.filter(type="market.order.filled", key=str(order.id))
    assert event.payload["amount_minor"] == 30_000
    assert event.payload["contributions"][0]["staff_code"] == "RM007"
    [seen] = queries.orders_of(party)
    assert [s[0] for s in seen.steps] == ["created", "paid", "sent", "confirmed"]


def test_a_key_used_for_another_order_is_refused():
    party, account = buyer()
    buy(party, account, 100)
    with pytest.raises(Conflict):
        buy(party, account, 101)
    assert [o.amount_minor for o in queries.orders_of(party)] == [100]


def test_without_assessment_nothing_is_bought_and_the_questionnaire_opens_the_way():
    party = person()
    account = account_of(party, 100_000)
    with pytest.raises(Refused) as refusal:
        buy(party, account)
    assert refusal.value.code == "market.no_assessment"
    assert refusal.value.remedy
    assert (balance(account), queries.orders_of(party)) == (100_000, [])

    assess(party)
    assert buy(party, account).status == "confirmed"


def test_an_assessment_runs_out_after_a_year():
    party, _account = buyer()
    set_business_date(DAY + timedelta(days=364))
    assert queries.suitable(party, SWEEP).ok
    set_business_date(DAY + timedelta(days=365))
    assert queries.suitable(party, SWEEP).code == "market.assessment_expired"


def test_the_questionnaire_is_answered_twice_a_day_at_most():
    party = person()
    assess(party)
    assess(party)
    with pytest.raises(Refused) as refusal:
        assess(party)
    assert refusal.value.code == "market.assessed_too_often"


def test_a_minor_can_neither_be_assessed_nor_buy():
    child = person(date(2012, 1, 1))
    with pytest.raises(Refused):
        assess(child)
    assert queries.suitable(child, SWEEP).code == "market.under_age"


def test_refusals_name_the_thing_and_leave_nothing():
    party, account = buyer(5_000)
    _other, foreign = buyer(5_000)
    wallet = account_of(party, 5_000, account_class="III")
    cases = [
        ((party, SWEEP, account, 5_001), Refused, "ledger.insufficient_funds"),
        ((party, SWEEP, account, 200_000_000), Refused, "market.amount_out_of_bounds"),
        ((party, SWEEP, account, -1), InvalidInput, "market.bad_amount"),
        ((party, SWEEP, foreign, 100), Refused, "market.not_own_account"),
        ((party, SWEEP, wallet, 100), Refused, "market.account_class"),
        ((party, "LTLOAN", account, 100), Refused, "market.no_orders_here"),
        ((party, "NOPE", account, 100), NotFound, "market.unknown_product"),
    ]
    for arguments, kind, code in cases:
        with pytest.raises(kind) as refusal:
            services.place_order(*arguments, channel="mobile", key=str(uuid7()))
        assert refusal.value.code == code
    assert queries.orders_of(party) == []
    assert (balance(account), balance(internal_account("wealth.mmf.pool"))) == (5_000, 0)


def test_a_suspended_product_is_not_sold_but_can_be_given_back():
    party, account = buyer()
    buy(party, account, 1_000)
    services.move_product(SWEEP, "suspended")
    with pytest.raises(Refused):
        buy(party, account, 1_000, key="k2")
    set_business_date(DAY + timedelta(days=1))
    services.sell_order(party, SWEEP, account, 400, channel="mobile", key="s1")
    services.sell_order(party, SWEEP, account, 400, channel="mobile", key="s1")
    assert balance(account) == 99_400
    assert not any(p.code == SWEEP for p in queries.shelf())


def test_a_purchase_is_taken_back_while_in_transit_and_settles_after():
    party, account = buyer(10_000)
    first, second = buy(party, account, 4_000, "a"), buy(party, account, 6_000, "b")

    services.cancel_order(first.id, "changed my mind")
    services.cancel_order(first.id, "changed my mind")
    assert balance(account) == 4_000
    assert Event.objects.filter(type="market.order.cancelled", key=str(first.id)).count() == 1

    tomorrow = DAY + timedelta(days=1)
    assert services.settle_orders(DAY) == 0
    assert (services.settle_orders(tomorrow), services.settle_orders(tomorrow)) == (1, 0)
    assert queries.order(second.id).status == "settled"
    with pytest.raises(Conflict):
        services.cancel_order(second.id, "too late")


def test_the_shelf_says_what_suits_whom():
    party = person()
    sweep = next(p for p in queries.shelf(party) if p.code == SWEEP)
    assert sweep.takes_orders
    assert sweep.suitability.code == "market.no_assessment"
    assert {p.code: p.takes_orders for p in queries.shelf()} == {
        "LTEACC": False, "LTLOAN": False, SWEEP: True,
    }  # fmt: skip
