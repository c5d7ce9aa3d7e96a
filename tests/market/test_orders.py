"""An order from the shelf to the books: filled once, refused with a reason, taken back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.market.builders import DAY, account_of, assess, buyer, person

from liti.core import engines
from liti.core.clock import now, set_business_date
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.models import Event
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, open_accounts
from liti.market import queries, services
from liti.market.models import Order, Product, ProductVersion
from liti.market.services import Contribution
from liti.wealth.models import Fund
from liti.wealth.queries import holdings_of

SWEEP = "LTYEB1"
TUESDAY = DAY + timedelta(days=1)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday():
    set_business_date(DAY)


def buy(party, account, amount_minor=30_000, key="k1", **other):
    return services.place_order(
        party, SWEEP, account, amount_minor, channel="mobile", key=key, **other
    )


def told(kind, order) -> list[int]:
    """The amounts that the house heard of an order, in events of a kind."""
    found = Event.objects.filter(type=kind, key=str(order.id))
    return [event.payload["amount_minor"] for event in found]


def test_a_purchase_goes_through_to_the_books_and_is_told_once():
    party, account = buyer(100_000)
    seller = Contribution("seller", "retail", "RM007")

    order = buy(party, account, introduced_by=[seller])
    again = buy(party, account, introduced_by=[seller])

    assert again.id == order.id
    assert (order.status, order.filled_minor, order.confirms_on) == ("sent", 0, TUESDAY)
    assert balance(account) == 70_000
    [holding] = holdings_of(party)
    assert (holding.shares_minor, holding.in_transit_minor) == (30_000, 30_000)
    assert told("market.order.placed", order) == [30_000]
    assert told("market.order.filled", order) == []
    assert (services.settle_orders(DAY), queries.order(order.id).status) == (0, "sent")

    set_business_date(TUESDAY)
    assert (services.settle_orders(TUESDAY), queries.order(order.id).status) == (1, "confirmed")
    assert (services.settle_orders(TUESDAY), queries.order(order.id).status) == (1, "in_position")
    assert services.settle_orders(TUESDAY) == 0
    assert told("market.order.filled", order) == [30_000]
    [event] = Event.objects.filter(type="market.order.filled", key=str(order.id))
    assert event.payload["contributions"][0]["staff_code"] == "RM007"
    [seen] = queries.orders_of(party)
    assert [s[0] for s in seen.steps] == [
        "quoted", "suitable", "agreed", "funded", "sent", "confirmed", "settled", "in_position",
    ]  # fmt: skip
    assert (seen.filled_minor, seen.final) == (30_000, True)
    assert balance(internal_account("clearing.orders")) == 0


def test_a_quote_moves_no_money_and_is_confirmed_by_the_same_key():
    party, account = buyer(100_000)
    asked = (party, SWEEP, account, 30_000)

    quoted = services.quote_order(*asked, channel="mobile", key="k1")
    assert services.quote_order(*asked, channel="mobile", key="k1").id == quoted.id
    assert (quoted.status, quoted.confirms_on) == ("suitable", TUESDAY)
    assert (balance(account), holdings_of(party)) == (100_000, [])

    assert buy(party, account, 30_000).id == quoted.id
    assert (balance(account), queries.order(quoted.id).status) == (70_000, "sent")
    with pytest.raises(Conflict):
        services.quote_order(party, SWEEP, account, 1, channel="mobile", key="k1")


def test_a_quote_that_nobody_took_runs_out():
    party, account = buyer(100_000)
    quoted = services.quote_order(party, SWEEP, account, 500, channel="mobile", key="k1")
    Order.objects.update(quoted_until=now() - timedelta(minutes=1))

    with pytest.raises(Refused) as refused:
        buy(party, account, 500)
    assert refused.value.code == "market.quote_expired"
    assert (balance(account), queries.order(quoted.id).status) == (100_000, "suitable")


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
    assert buy(party, account).status == "sent"


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

    assert balance(internal_account("clearing.orders")) == 0
    assert services.settle_orders(DAY) == 0
    set_business_date(TUESDAY)
    assert [services.settle_orders(TUESDAY) for _ in range(3)] == [1, 1, 0]
    assert queries.order(first.id).status == "cancelled"
    assert queries.order(second.id).status == "in_position"
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


def test_buying_another_fund_buys_that_fund():
    other_fund()
    party, account = buyer(80_000)

    services.place_order(party, "OTHER1", account, 50_000, channel="mobile", key="other")
    buy(party, account, 30_000)

    assert [(h.fund_code, h.value_minor) for h in holdings_of(party)] == [
        ("LTYEB1", 30_000), ("OTHER1", 50_000),
    ]  # fmt: skip
    assert balance(internal_account("wealth.mmf.pool")) == 30_000
    assert balance(internal_account("wealth.other.pool")) == 50_000

    set_business_date(TUESDAY)
    services.sell_order(party, "OTHER1", account, 50_000, channel="mobile", key="s1")
    assert balance(internal_account("wealth.other.pool")) == 0
    assert balance(account) == 50_000


def test_a_product_is_sold_only_by_terms_that_its_engine_takes():
    for terms in ({}, {"fund": "NOPE"}, {"fund": "LTYEB1", "more": 1}):
        with pytest.raises(InvalidInput) as refused:
            engines.check_terms("wealth.sweep", terms)
        assert refused.value.code == "wealth.bad_terms"
    engines.check_terms("wealth.sweep", {"fund": "LTYEB1"})
    with pytest.raises(NotFound):
        engines.check_terms("nobody.here", {})


def other_fund() -> None:
    """A second fund with its product: rows only, no code."""
    pool = "wealth.other.pool"
    open_accounts([NewAccount(internal_account(pool), pool, "2314", code=pool)])
    first = Fund.objects.get(code=SWEEP)
    Fund.objects.create(
        code="OTHER1",
        name_zh="另一只货币基金",
        name_en="Another money-market fund",
        manager_code="liti-fund",
        pool_account_code=pool,
        claim_account_code=first.claim_account_code,
    )
    version = ProductVersion.objects.get(product__code=SWEEP)
    product = Product.objects.create(
        code="OTHER1",
        supplier=version.product.supplier,
        department="retail",
        category="wealth",
        engine="wealth.sweep",
        status="on_shelf",
    )
    version.pk, version.product, version.engine_terms = uuid7(), product, {"fund": "OTHER1"}
    version._state.adding = True
    version.save()
