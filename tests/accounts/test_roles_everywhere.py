"""Whoever acts on another's account is that and nothing more, in each place that tells of him."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.accounts.test_rights import DAY, acts_on
from tests.console.builders import staff
from tests.market.builders import assess
from tests.partners.builders import live_partner

from liti.accounts import queries
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import NotFound
from liti.core.ids import uuid7
from liti.core.models import User
from liti.groups import queries as groups
from liti.groups import services as grouping
from liti.insight import queries as insight
from liti.insight import services as cloud
from liti.market import queries as market
from liti.market.models import Order
from liti.partners import mandates
from liti.partners import services as partners
from liti.wealth import queries as wealth

pytestmark = pytest.mark.django_db
OTHERS = ["joint", "authorised_user", "guardian"]
MONEY = "5,000.00"


@pytest.fixture(autouse=True)
def a_day(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path
    set_business_date(DAY)


def browser(party_id=None, user=None) -> Client:
    user = user or User.objects.create_user(
        f"c{party_id}", password="x", kind="customer", party_id=party_id
    )
    client = Client(headers={"accept-language": "en"})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_features_stages_and_groups_tell_of_each_role_by_itself():
    made = {role: acts_on(role) for role in OTHERS}

    cloud.export_history()
    cloud.build_features(DAY)
    grouping.refresh(DAY)

    for role, (_held, owner, other) in made.items():
        his, owners = insight.features(other), insight.features(owner)
        assert (owners.balance_minor, owners.accounts_open) == (500_000, 1), role
        assert (his.accounts_acted_on, owners.accounts_acted_on) == (1, 0), role
        assert (his.balance_minor, his.assets_minor, his.average_assets_90d_minor) == (0, 0, 0)
        assert (his.accounts_open, his.products_held, his.tenure_days) == (0, 0, None)
        assert groups.stage_of(other).stage == "authorised_user", role
        assert groups.stage_of(owner).stage not in ("authorised_user", "prospect"), role
        assert groups.diagnoses_of(other) == [], role


@pytest.mark.parametrize("role", OTHERS)
def test_an_account_says_what_its_reader_is_on_it(role):
    held, owner, other = acts_on(role)
    for reader, his in ((owner, "owner"), (other, role)):
        with acting(Actor("customer", "c", uuid7(), frozenset(), party_id=reader)):
            assert queries.account(held).role == his
            assert queries.account(held).allows(queries.Right.OWN) == (reader == owner)
    assert queries.account(held).role == "", "staff and jobs are nothing on it"
    told = [(h.party_id, h.role) for h in queries.holders_of(held)]
    assert told == [(owner, "owner"), (other, role)]


@pytest.mark.parametrize("role", OTHERS)
def test_the_app_counts_nothing_of_it_among_his_assets(role):
    _held, owner, other = acts_on(role)

    def shown(party_id):
        context = browser(party_id).get("/m/").context
        return context["deposits_minor"], context["assets_minor"]

    assert shown(owner) == (500_000, 500_000)
    assert shown(other) == (0, 0)
    assert wealth.holdings_of(other) == []


@pytest.mark.parametrize("role", OTHERS)
def test_the_customer_360_names_the_role_and_no_amount(role):
    held, owner, other = acts_on(role)
    desk = browser(user=staff("service_desk"))

    def line(party_id):
        (found,) = desk.get(f"/customers/{party_id}/").context["products"]
        return found.amount_minor

    assert line(owner) == 500_000
    assert line(other) is None
    assert MONEY not in desk.get(f"/customers/{other}/").content.decode()
    assert held


@pytest.mark.parametrize("role", OTHERS)
def test_a_partner_neither_counts_the_money_nor_spends_it(role):
    held, _owner, other = acts_on(role)
    partner = live_partner()
    partners.link_members(partner, [("A-1", other)], DAY)
    mandates.grant_mandate(other, partner, "orders:write")

    assert queries.assets_by_party([other]) == {}
    with pytest.raises(NotFound) as refused:
        partners.order_for_member(partner, "A-1", "LTYEB1", 10_000, key="order-0001")
    assert refused.value.code == "partners.member_without_account"
    assert not Order.objects.exists()
    assert queries.account(held).balance_minor == 500_000


@pytest.mark.parametrize("role", OTHERS)
def test_what_he_may_buy_is_asked_of_him_and_not_of_the_owner(role):
    _held, owner, other = acts_on(role)
    assess(owner)
    assert market.suitable(owner, "LTYEB1").ok
    assert not market.suitable(other, "LTYEB1").ok
    assert [p.suitability.ok for p in market.shelf(other) if p.code == "LTYEB1"] == [False]
