"""Roles on accounts: what each may see, pay, invest, manage and call his own."""

from __future__ import annotations

import pytest
from tests.accounts.builders import DAY, account, pan
from tests.market.builders import assess, person

from liti.accounts import queries, services
from liti.accounts.models import AccountHolder
from liti.accounts.rights import RIGHTS, Right
from liti.accounts.whose import held_by, owned, paid_by
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, Refused
from liti.core.ids import uuid7
from liti.market import services as market
from liti.market.models import Order
from liti.payments import services as payments
from liti.payments.models import Payment

pytestmark = pytest.mark.django_db
ROLES = [*RIGHTS, "neighbour"]


@pytest.fixture(autouse=True)
def a_day():
    set_business_date(DAY)


def acts_on(role: str, amount_minor: int = 500_000):
    """An account with money, its owner, and a second person in a role on it."""
    owner, other = person(), person()
    held = account(amount_minor, party_id=owner)
    AccountHolder.objects.create(account_id=held, party_id=other, role=role, valid_from=DAY)
    return held, owner, other


@pytest.mark.parametrize("role", [r for r in ROLES if r != "owner"])
def test_what_a_role_may_do_and_see(role):
    held, owner, other = acts_on(role)
    rights = RIGHTS.get(role, frozenset())
    for face, right in ((held_by, Right.SEE), (paid_by, Right.PAY), (owned, Right.MANAGE)):
        may = set(face("account_id")({"account_id": held}))
        assert may == ({owner, other} if right in rights else {owner})
    seen = [a.id for a in queries.accounts_of(other)]
    assert seen == ([held] if Right.SEE in rights else [])
    assert queries.own_accounts(other) == []
    assert [a.id for a in queries.own_accounts(owner)] == [held]
    assert queries.assets_by_party([owner, other]) == {owner: 500_000}


@pytest.mark.parametrize("role", [r for r in ROLES if r != "owner"])
def test_nobody_but_the_owner_invests_the_owners_money(role):
    held, _owner, other = acts_on(role)
    assess(other)
    with pytest.raises(Refused) as refused:
        market.place_order(other, "LTYEB1", held, 10_000, channel="mobile", key="k")
    seen = Right.SEE in RIGHTS.get(role, frozenset())
    assert refused.value.code == ("market.authorised_user" if seen else "market.not_own_account")
    assert not Order.objects.exists()


def test_who_has_no_role_any_more_may_nothing():
    held, owner, other = acts_on("authorised_user")
    AccountHolder.objects.filter(party_id=other).update(valid_to=DAY)
    assert queries.accounts_of(other) == []
    assert set(held_by("account_id")({"account_id": held})) == {owner}


def test_a_stranger_in_an_unknown_role_neither_reads_nor_pays():
    held, _owner, other = acts_on("neighbour")
    with acting(Actor("customer", "c", uuid7(), frozenset(), party_id=other)):
        with pytest.raises(Forbidden):
            queries.account(held)
        with pytest.raises(Forbidden):
            payments.withdraw(held, uuid7(), 100, "k")
    assert not Payment.objects.exists()


def test_an_authorised_user_binds_no_card_and_a_guardian_does():
    for role, allowed in (("authorised_user", False), ("joint", False), ("guardian", True)):
        held, _owner, other = acts_on(role)
        with acting(Actor("customer", "c", uuid7(), frozenset(), party_id=other)):
            if allowed:
                services.bind_card(held, pan(), "王小明")
            else:
                with pytest.raises(Forbidden):
                    services.bind_card(held, pan(), "王小明")
        assert len(queries.cards_of(held)) == allowed
