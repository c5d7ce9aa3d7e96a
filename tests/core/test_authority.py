"""Authority below the door: refused by kind, by argument, and what is not asked twice."""

from __future__ import annotations

from uuid import UUID

import pytest

from liti.core import authority
from liti.core.authority import command, declaration_of, may, own, scope
from liti.core.context import NOBODY, Actor, acting, job
from liti.core.errors import Forbidden
from liti.core.ids import uuid7

ME, OTHER, SHOP = uuid7(), uuid7(), uuid7()
DESK = Actor("staff", "desk", uuid7(), roles=frozenset({"service_desk"}))
CUSTOMER = Actor("customer", "me", uuid7(), party_id=ME)
CLIENT = Actor("client", "shop", partner_id=SHOP, scopes=frozenset({"orders:write"}))


@command(
    staff={"service_desk"},
    customer=own("party_id"),
    client=scope("orders:write", partner="partner_id", mandate=own("party_id")),
    system=("demo", "market.settle"),
)
def buy(party_id: UUID, partner_id: UUID | None = None) -> str:
    return "bought"


@command(system=("demo",))
def outer(party_id: UUID) -> str:
    return buy(party_id)


def refused(actor: Actor, *args: object) -> str:
    with acting(actor), pytest.raises(Forbidden) as caught:
        buy(*args)
    return caught.value.code


@pytest.fixture(autouse=True)
def _permitted():
    """Here nobody is permitted beforehand."""


@pytest.fixture(autouse=True)
def _no_rows(monkeypatch):
    monkeypatch.setattr("pghistory.context", lambda **_kw: __import__("contextlib").nullcontext())
    monkeypatch.setattr(authority, "_mandate_checks", [])


@pytest.mark.parametrize("actor", [DESK, CUSTOMER, job("demo"), job("market.settle")])
def test_whoever_is_declared_is_allowed(actor):
    with acting(actor):
        assert may(buy)
        assert buy(ME) == "bought"


def test_whoever_is_not_declared_is_refused():
    assert refused(NOBODY, ME) == "core.no_actor"
    assert refused(Actor("staff", "x", roles=frozenset({"auditor"})), ME) == "core.not_permitted"
    assert refused(job("market.other"), ME) == "core.not_permitted"
    assert refused(Actor("client", "c", scopes=frozenset({"shelf:read"})), ME, SHOP) == (
        "core.not_permitted"
    )


def test_a_customer_reaches_only_himself():
    assert refused(CUSTOMER, OTHER) == "core.not_yours"


def test_a_client_needs_its_own_partner_and_the_customers_mandate():
    assert refused(CLIENT, ME, uuid7()) == "core.not_yours"
    authority.register_mandates(lambda partner, parties, scope: set(parties) - {ME})
    assert refused(CLIENT, OTHER, SHOP) == "core.no_mandate"
    with acting(CLIENT):
        assert buy(ME, SHOP) == "bought"


def test_only_the_outermost_face_is_asked():
    with acting(job("demo.other")):
        assert outer(ME) == "bought"
    with acting(DESK), pytest.raises(Forbidden):
        outer(ME)


def test_a_new_actor_within_a_command_is_asked_again():
    @command(system=("demo",))
    def run_as_nobody() -> None:
        with acting(NOBODY):
            buy(ME)

    with acting(job("demo")), pytest.raises(Forbidden):
        run_as_nobody()


def test_a_function_without_a_word_declares_nothing():
    assert declaration_of(refused) is None
    found = declaration_of(buy)
    assert found is not None
    assert found.kinds() == {"staff", "customer", "client", "system"}
