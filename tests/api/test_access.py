"""Who gets a token, for what, and how a refusal looks."""

from __future__ import annotations

import pytest
from tests.api.conftest import SECRET

from liti.core.models import User
from liti.partners import services
from liti.partners.models import ApiClient

SUMMARY = "/api/v1/partner/members/summary"


def problem(answer, status, code):
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert (body["status"], body["code"]) == (status, code)
    assert body["type"] == f"urn:liti:problem:{code}"
    assert body["title"]
    return body


def test_the_description_is_openapi_3_1(web):
    described = web.get("/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert "/api/v1/partner/members/batches" in described["paths"]


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer nobody"}])
def test_without_a_token_nothing_is_answered(web, headers):
    problem(web.get(SUMMARY, headers=headers), 401, "api.unauthenticated")


def test_a_wrong_secret_gets_no_token(web, partner):
    body = {"grant_type": "client_credentials"}
    assert web.post("/o/token/", data=body, auth=("cloud", "wrong")).status_code == 401


def test_a_token_without_the_scope_is_refused(web, partner, token):
    problem(web.get(SUMMARY, headers=token("cloud", "shelf:read")), 403, "api.missing_scope")


def test_a_partner_gets_no_scope_of_the_ledger(web, partner, token):
    body = {"grant_type": "client_credentials", "scope": "ledger:post"}
    answer = web.post("/o/token/", data=body, auth=("cloud", SECRET))
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_scope")
    all_of_his = token("cloud")
    answer = web.get(f"/api/v1/ledger/accounts/{partner}", headers=all_of_his)
    problem(answer, 403, "api.missing_scope")


def test_a_scope_taken_away_is_gone_before_the_token_ends(web, partner, token):
    headers = token("cloud")
    ApiClient.objects.update(scopes=["shelf:read"])
    problem(web.get(SUMMARY, headers=headers), 403, "api.missing_scope")


def test_a_suspended_partner_gets_no_answer(web, partner, token):
    headers = token("cloud")
    services.move_partner(partner, "suspended")
    problem(web.get(SUMMARY, headers=headers), 403, "api.partner_not_live")


def test_the_banks_own_client_is_no_partner(web, bank, token):
    problem(web.get(SUMMARY, headers=token("core-system")), 403, "api.missing_scope")


def test_nobody_makes_a_client_by_himself(web, client):
    client.force_login(User.objects.create(username="x"))
    assert client.get("/o/applications/register/").status_code == 404


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_address_is_a_problem_too(web, method):
    problem(web.request(method, "/api/v1/no/such/call"), 404, "api.unknown_call")
