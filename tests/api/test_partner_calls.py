"""What a partner's program does: members, summary, shelf, orders."""

from __future__ import annotations

import pytest
from tests.api.test_access import problem
from tests.market.builders import account_of, assess
from tests.partners.builders import live_partner, members, row

from liti.ledger.queries import balance
from liti.partners import queries, services

BATCHES, ORDERS = "/api/v1/partner/members/batches", "/api/v1/partner/orders"


@pytest.fixture
def call(web, partner, token):
    headers = token("cloud")

    def send(path, body, key="key-00001"):
        return web.post(path, json=body, headers=headers | {"Idempotency-Key": key})

    return send


def test_a_batch_is_taken_once_and_says_what_is_wrong(call, partner):
    body = {"members": [row(1), row(2, mobile="1"), row(3)]}
    first, again = call(BATCHES, body).json(), call(BATCHES, body).json()
    assert (first["rows"], first["accepted"], first["replayed"]) == (3, 2, False)
    assert [(p["row"], p["member_no"], p["field"]) for p in first["problems"]] == [
        (2, "A-2", "mobile")
    ]
    assert again == first | {"replayed": True}
    assert [e.status for e in queries.enrolments(partner)] == ["waiting", "waiting"]
    assert queries.partner(partner).members == 0


def test_a_key_with_other_members_is_a_conflict(call):
    call(BATCHES, {"members": [row(1)]})
    problem(call(BATCHES, {"members": [row(2)]}), 409, "partners.batch_key_reused")


def test_what_does_not_fit_is_named(call, web, token):
    places = problem(call(BATCHES, {"members": [{"name": "x"}]}), 422, "api.malformed")
    assert any(place["at"].endswith("member_no") for place in places["data"]["errors"])
    problem(call(BATCHES, {"members": []}), 422, "api.malformed")
    problem(call(BATCHES, {"members": [row(1)]}, key="short"), 422, "api.malformed")


@pytest.mark.parametrize("content", [b"{", b"\xff\xfe", b"", b'{"members": NaN}', b"[1]"])
def test_a_body_that_is_no_json_is_a_problem(web, partner, token, content):
    headers = token("cloud") | {"Idempotency-Key": "key-00001", "Content-Type": "application/json"}
    answer = web.post(BATCHES, data=content, headers=headers)
    assert answer.status_code in {400, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("name", ["a\\u0000b", "\\ud800"])
def test_text_that_no_database_holds_is_refused_not_a_crash(web, partner, token, name):
    headers = token("cloud") | {"Idempotency-Key": "key-00001", "Content-Type": "application/json"}
    content = (
        f'{{"members": [{{"member_no": "1", "name": "{name}", "id_number": "1", "mobile": "1"}}]}}'
    )
    answer = web.post(BATCHES, data=content, headers=headers)
    assert answer.status_code == 422 or answer.json()["accepted"] == 0


def test_the_summary_holds_small_figures_back(call, web, partner, token):
    call(BATCHES, {"members": [row(1), row(2)]})
    summary = web.get("/api/v1/partner/members/summary", headers=token("cloud")).json()
    assert summary == {
        "members": 0,
        "minimum": 10,
        "with_account": None,
        "with_product": None,
        "assets_minor": None,
        "as_of": None,
    }


def test_the_shelf_shows_the_products_of_the_paradigm(web, partner, token):
    [product] = web.get("/api/v1/partner/shelf", headers=token("cloud")).json()
    assert (product["code"], product["risk_level"]) == ("LTYEB1", 1)


def test_an_order_is_filled_once_from_the_members_account(call, partner):
    [party] = members(partner, 1)
    account = account_of(party, 100_000)
    services.grant_mandate(party, partner)
    body = {"member_no": "A-1", "product_code": "LTYEB1", "amount_minor": 30_000}
    problem(call(ORDERS, body), 422, "market.no_assessment")

    assess(party)
    first, again = call(ORDERS, body), call(ORDERS, body)
    assert (first.status_code, first.json()["status"]) == (201, "sent")
    assert again.json() == first.json()
    assert balance(account) == 70_000
    longest = call(ORDERS, body | {"amount_minor": 100}, key="k" * 64)
    assert longest.status_code == 201


def test_what_is_not_the_partners_is_not_found(call):
    members(live_partner("other"), 1)
    order = {"member_no": "A-1", "product_code": "LTYEB1", "amount_minor": 1}
    problem(call(ORDERS, order), 404, "partners.unknown_member")
