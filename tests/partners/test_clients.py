"""Clients exist by two persons' word; customers' mandates are theirs to give and take."""

from __future__ import annotations

import base64

import pytest
from tests.market.builders import DAY, account_of, assess
from tests.partners.builders import live_partner, members, row

from liti.core import approvals
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, InvalidInput, LitiError, Refused
from liti.core.ids import uuid7
from liti.ledger import queries as ledger
from liti.ledger import services as ledger_services
from liti.ledger.services import TransferRequest
from liti.market.models import OrderStep
from liti.parties import queries as parties
from liti.parties.services import NewPerson, register_person
from liti.partners import queries, services
from liti.partners.models import ApiClient

ENGINEER = Actor("staff", "engineer", uuid7(), frozenset({"engineer"}))
RISK = Actor("staff", "risk", uuid7(), frozenset({"risk_officer"}))
ORDERS = "/api/v1/partner/orders"
TRANSFERS = "/api/v1/ledger/transfers"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(db):
    set_business_date(DAY)


def token(client, client_id, secret):
    basic = base64.b64encode(f"{client_id}:{secret}".encode()).decode()
    return client.post(
        "/o/token/", {"grant_type": "client_credentials"}, HTTP_AUTHORIZATION=f"Basic {basic}"
    )


def call(client, path, body, bearer, key="key-00001"):
    return client.post(
        path,
        body,
        content_type="application/json",
        HTTP_AUTHORIZATION=f"Bearer {bearer}",
        HTTP_IDEMPOTENCY_KEY=key,
    )


def transfer_body():
    cash, other = ledger.internal_account("cash"), ledger.internal_account("suspense")
    return {
        "transfers": [
            {
                "id": str(uuid7()),
                "debit_account_id": str(cash),
                "credit_account_id": str(other),
                "amount_minor": 1_000_000,
                "kind": "gift",
            }
        ]
    }


def test_the_engineer_alone_registers_no_client_and_posts_nothing_from_cash(client):
    cash = ledger.internal_account("cash")
    before = ledger.balance(cash)
    with acting(ENGINEER):
        made = services.propose_client("core", "Core system", ["ledger:post"])
        with pytest.raises(LitiError):
            approvals.decide(made.approval_id, True)
        with pytest.raises(Forbidden):
            services.create_client(None, client_id="core2", client_secret="x")
        with pytest.raises(Forbidden):
            ledger_services.post_one(
                TransferRequest(uuid7(), cash, ledger.internal_account("suspense"), 1, "x", DAY)
            )
    assert token(client, "core", made.client_secret).status_code == 401
    assert not ApiClient.objects.exists()

    with acting(RISK):
        approvals.decide(made.approval_id, True)

    bearer = token(client, "core", made.client_secret).json()["access_token"]
    assert call(client, TRANSFERS, transfer_body(), bearer).status_code == 200
    assert ledger.balance(cash) == before + 1_000_000


def test_what_a_client_may_do_changes_by_proposal_and_ends_at_once(client):
    partner = live_partner()
    with acting(ENGINEER):
        made = services.propose_client("cloud", "Cloud", ["shelf:read"], partner_id=partner)
        with pytest.raises(InvalidInput):
            services.propose_client("evil", "Evil", ["ledger:post"], partner_id=partner)
    with acting(RISK):
        approvals.decide(made.approval_id, True)
    with acting(ENGINEER):
        more = services.propose_scopes("cloud", ["shelf:read", "members:read"])
    assert queries.client_scopes("cloud") == ("shelf:read",)
    with acting(RISK):
        approvals.decide(more, True)
    assert queries.client_scopes("cloud") == ("members:read", "shelf:read")

    bearer = token(client, "cloud", made.client_secret).json()["access_token"]
    with acting(RISK):
        services.end_client("cloud")
    answer = client.get("/api/v1/partner/shelf", HTTP_AUTHORIZATION=f"Bearer {bearer}")
    assert answer.status_code == 401
    assert queries.client_scopes("cloud") == ()


def test_a_client_without_a_row_has_no_scope(client):
    services.create_client(live_partner(), client_id="cloud", client_secret="s")
    bearer = token(client, "cloud", "s").json()["access_token"]
    ApiClient.objects.all().delete()
    assert (
        "access_token" not in token(client, "cloud", "s").json()
        or not (token(client, "cloud", "s").json()["scope"])
    )
    assert call(client, TRANSFERS, transfer_body(), bearer).status_code == 403


def test_a_partner_spends_a_customers_money_only_with_his_mandate(client):
    number = row(31)["id_number"]
    victim = register_person(NewPerson("李娜", number, "13800000001"))
    assess(victim)
    account = account_of(victim, 100_000)
    partner = live_partner()
    services.create_client(partner, client_id="cloud", client_secret="s")
    bearer = token(client, "cloud", "s").json()["access_token"]
    batch = {"members": [row(31, mobile="13999999999")]}
    assert call(client, "/api/v1/partner/members/batches", batch, bearer).json()["accepted"] == 1
    order = {"member_no": "A-31", "product_code": "LTYEB1", "amount_minor": 90_000}

    refused = call(client, ORDERS, order, bearer, "order-0001")

    nobody = call(client, ORDERS, order | {"member_no": "A-99"}, bearer, "order-0001")
    assert (refused.status_code, refused.json()["code"]) == (404, "partners.unknown_member")
    assert refused.json() == {
        k: v.replace("A-99", "A-31") if isinstance(v, str) else v for k, v in nobody.json().items()
    }
    assert ledger.balance(account) == 100_000
    # What a partner says of somebody is written nowhere.
    assert parties.reveal(victim, "test").mobile == "13800000001"

    with acting(Actor("customer", "him", uuid7(), party_id=victim)):
        services.grant_mandate(victim, partner, evidence="mobile")
    placed = call(client, ORDERS, order, bearer, "order-0001")
    assert placed.status_code == 201
    assert ledger.balance(account) == 10_000
    assert set(OrderStep.objects.values_list("actor", flat=True)) == {"cloud"}

    with pytest.raises(Refused) as vetoed:
        services.move_partner(partner, "ended")
    assert vetoed.value.code == "partners.end.vetoed"
    [reason] = vetoed.value.data["reasons"]
    assert (reason["id"], reason["code"]) == (str(partner), "partners.orders_under_way")
    assert queries.partner(partner).status == "live"
    services.move_partner(partner, "suspended")
    services.move_partner(partner, "live")

    with acting(Actor("customer", "him", uuid7(), party_id=victim)):
        [under_way] = services.withdraw_mandate(victim, partner)
    assert str(under_way) == placed.json()["id"]
    again = call(client, ORDERS, order | {"amount_minor": 1_000}, bearer, "order-0002")
    assert again.json()["code"] == "partners.unknown_member"
    assert ledger.balance(account) == 10_000


def test_a_mandate_is_nobody_elses_to_give(client):
    partner = live_partner()
    [member] = members(partner, 1)
    desk = Actor("staff", "desk", uuid7(), frozenset({"service_desk"}))
    for actor in (
        Actor("customer", "other", uuid7(), party_id=uuid7()),
        Actor("client", "cloud", partner_id=partner, scopes=frozenset({"orders:write"})),
        ENGINEER,
        desk,
    ):
        with acting(actor), pytest.raises(Forbidden):
            services.grant_mandate(member, partner)
    assert [m.granted_at for m in queries.mandates_of(member)] == [None]
