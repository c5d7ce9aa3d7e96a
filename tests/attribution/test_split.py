"""Shares always sum to the whole, in the books as on paper."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.core.delivery import due_now
from tests.market.builders import DAY, buyer
from tests.parties.builders import known_party

from liti.attribution import queries, services
from liti.attribution.rules import Claim, benefit_minor, shadow, split
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.delivery import deliver_pending
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.market import services as market
from liti.market.services import Contribution

WEIGHTS = {"referral": 20, "seller": 50, "owner": 30, "corporate": 30, "retail": 70}
HOUSE = Claim("product", "direct")
CLAIMS = st.builds(
    Claim,
    st.sampled_from([*WEIGHTS, "guest"]),
    st.sampled_from(["retail", "cards", "direct", "corporate"]),
    st.sampled_from(["", "RM001", "RM002"]),
)


@given(st.integers(0, 10**13), st.lists(CLAIMS, max_size=8))
def test_shares_sum_to_the_whole(total_minor, claims):
    shares = split(total_minor, claims, WEIGHTS, HOUSE)

    assert sum(s.amount_minor for s in shares) == total_minor
    assert all(s.amount_minor >= 0 for s in shares)
    assert {s.claim for s in shares} <= {*claims, HOUSE}


@given(st.integers(0, 10**13), st.lists(CLAIMS, min_size=1, max_size=8))
def test_the_management_view_counts_each_house_once(total_minor, claims):
    views = shadow(total_minor, claims)
    assert len(views) == len({(c.department, c.partner_id) for c in claims})
    assert all(v.amount_minor == total_minor for v in views)


def test_the_default_weights_and_the_odd_cent_goes_to_the_owner():
    referral, seller, owner = (
        Claim("referral", "direct"),
        Claim("seller", "retail"),
        Claim("owner", "cards"),
    )
    parts = split(1_003, [referral, seller, owner], WEIGHTS, HOUSE)
    assert [p.amount_minor for p in parts] == [200, 501, 302]
    linked = split(
        1_000, [Claim("corporate", "corporate"), Claim("retail", "retail")], WEIGHTS, HOUSE
    )
    assert [p.amount_minor for p in linked] == [300, 700]
    assert [p.claim for p in split(1_000, [Claim("guest", "cards")], WEIGHTS, HOUSE)] == [HOUSE]


def test_two_of_one_role_share_its_weight():
    sellers = [Claim("seller", "retail", "RM001"), Claim("seller", "cards", "RM002")]
    parts = split(100, [*sellers, Claim("referral", "direct")], WEIGHTS, HOUSE)
    assert [p.amount_minor for p in parts] == [36, 36, 28]


def test_a_benefit_is_rounded_half_up():
    assert benefit_minor(30_000, Decimal("25")) == 75
    assert benefit_minor(200, Decimal("25")) == 1
    assert benefit_minor(199, Decimal("25")) == 0


def sell(amount_minor=100_000, *, key="k"):
    party, account = buyer(amount_minor)
    return market.place_order(
        party,
        "LTYEB1",
        account,
        amount_minor,
        channel="phone",
        key=key,
        introduced_by=[
            Contribution("referral", "corporate", "CM001"),
            Contribution("seller", "direct"),
            Contribution("owner", "retail", "RM007"),
        ],
    )


def fill() -> None:
    """The fund confirms what was bought on the day before; the books stay on that day."""
    market.settle_orders(DAY + timedelta(days=1))


def bonus(department: str) -> int:
    return balance(services.bonus_account(Claim("seller", department)))


@pytest.mark.django_db
def test_a_sale_of_another_departments_product_credits_both_sides_in_the_books():
    set_business_date(DAY)
    before = balance(internal_account("marketing.expense"))
    order = sell()
    deliver_pending()
    assert bonus("direct") == 0  # nothing is shared before the fund has confirmed
    fill()

    deliver_pending()
    deliver_pending()

    assert (bonus("corporate"), bonus("direct"), bonus("retail")) == (50, 125, 75)
    assert balance(internal_account("marketing.expense")) - before == 250
    splits = queries.splits_of(order.id)
    assert sum(s.amount_minor for s in splits if not s.shadow) == 250
    assert [s.amount_minor for s in splits if s.shadow] == [250, 250, 250]
    report = queries.benefits_by_department(DAY, DAY)
    assert report.agrees
    assert (report.benefit_minor, report.shadow_minor, report.elimination_minor) == (250, 750, 500)


@pytest.mark.django_db
def test_a_cancelled_sale_takes_every_share_back():
    set_business_date(DAY)
    order = sell()
    fill()
    deliver_pending()
    with acting(Actor("customer", "the customer", party_id=order.party_id)):
        market.cancel_order(order.id, "changed my mind")

    deliver_pending()

    assert (bonus("corporate"), bonus("direct"), bonus("retail")) == (0, 0, 0)
    assert sum(s.amount_minor for s in queries.splits_of(order.id)) == 0
    report = queries.benefits_by_department(date(2026, 1, 1), DAY)
    assert (report.benefit_minor, report.elimination_minor, report.agrees) == (0, 0, True)
    assert services.reverse_benefit(uuid7(), order.id, DAY) == 0


class AnySale(TestCase):
    @settings(deadline=None)
    @given(st.integers(1, 10**10), st.lists(CLAIMS, max_size=4))
    def test_the_books_get_what_the_paper_says(self, amount_minor, claims):
        sale = services.Sale(
            uuid7(), uuid7(), known_party(), "LTYEB1", amount_minor, "CNY", DAY, tuple(claims)
        )
        before = balance(internal_account("marketing.expense"))
        total_minor = services.share_benefit(sale)
        assert services.share_benefit(sale) == total_minor
        assert balance(internal_account("marketing.expense")) - before == total_minor
        shares = [s for s in queries.splits_of(sale.order_id) if not s.shadow]
        assert sum(s.amount_minor for s in shares) == total_minor


@pytest.mark.django_db
def test_a_sale_cancelled_before_its_event_was_handled_is_shared_and_taken_back_in_order(
    monkeypatch,
):
    set_business_date(DAY)
    order = sell(80_000)
    real = services.market.product

    def locked(code):
        raise RuntimeError("transient")

    monkeypatch.setattr(services.market, "product", locked)
    deliver_pending()
    with acting(Actor("customer", "the customer", party_id=order.party_id)):
        market.cancel_order(order.id, "changed my mind")
    deliver_pending()  # the cancelling waits behind the sale
    monkeypatch.setattr(services.market, "product", real)

    due_now()
    deliver_pending()

    assert sum(s.amount_minor for s in queries.splits_of(order.id)) == 0
    assert (bonus("corporate"), bonus("direct"), bonus("retail")) == (0, 0, 0)
    assert balance(internal_account("marketing.expense")) == 0
