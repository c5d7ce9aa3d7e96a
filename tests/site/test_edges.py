"""What enters is looked at once; what leaves /api is a problem by form; refusals are a line."""

from __future__ import annotations

import logging

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseNotAllowed
from django.test import Client, RequestFactory
from tests.site.everybody import house

from liti.core.errors import TooMany
from liti.core.ids import uuid7
from liti.ledger.models import Transfer
from liti.ledger.queries import internal_account
from liti.site.edges import api_problems, refused
from liti.site.logs import RefusalsInALine

pytestmark = pytest.mark.django_db
TRANSFERS = "/api/v1/ledger/transfers"


@pytest.fixture
def english():
    return Client(raise_request_exception=False, headers={"accept-language": "en"})


@pytest.mark.parametrize(
    ("path", "status"),
    [("/search/?q=%00", 422), ("/list/customers/?q=a%00b", 422), ("/?%00=1", 422),
     ("/list/customers/%00/", 404), ("/%1b/", 404), (f"/?q={'a' * 9000}", 413)],
)  # fmt: skip
def test_a_page_refuses_what_is_no_text(english, path, status):
    assert english.get(path).status_code == status


@pytest.mark.parametrize(
    "headers",
    [{"Cookie": 'sessionid="\\000abc"'}, {"Idempotency-Key": "\0"}, {"Accept-Language": "\x01"}],
)
def test_headers_and_cookies_are_text_too(english, headers):
    assert english.get("/auth/login/", headers=headers).status_code == 422


def test_a_form_in_another_encoding_is_refused(english):
    kind = "application/x-www-form-urlencoded; charset=utf-7"
    answer = english.post("/auth/login/", b"login=a", content_type=kind)
    assert answer.status_code == 415


def test_a_form_that_is_none_is_refused(english):
    answer = english.post("/auth/login/", b"x", content_type="multipart/form-data")
    assert answer.status_code == 422


def test_too_large_a_body_is_413_with_the_bound(english, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    answer = english.post(TRANSFERS, b"x" * 101, content_type="application/json")
    assert (answer.status_code, answer["Content-Type"]) == (413, "application/problem+json")
    assert "100 bytes" in answer.json()["detail"]
    assert english.post("/auth/login/", {"login": "x" * 200}).status_code == 413


@pytest.mark.parametrize("value", ["5", 5.0, True, None, "", [5], 10**30, 2**63])
def test_an_amount_is_an_integer_and_nothing_else(value):
    found = house()
    before = Transfer.objects.count()
    transfer = {
        "id": str(uuid7()),
        "debit_account_id": str(internal_account("cash")),
        "credit_account_id": str(found.account_id),
        "amount_minor": value,
        "kind": "deposit",
    }
    answer = found.logins["nobody"].post(
        TRANSFERS,
        {"transfers": [transfer]},
        content_type="application/json",
        headers=found.tokens["bank"] | {"accept-language": "zh-hans"},
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "api.malformed")
    [place] = answer.json()["data"]["errors"]
    assert place["at"] == "body.batch.transfers.0.amount_minor"
    assert any("\u4e00" <= c <= "\u9fff" for c in place["message"]), "in the reader's language"
    assert Transfer.objects.count() == before


@pytest.mark.parametrize("day", ["1899-12-31", "9999-12-31", "0000-01-01", 0, "2026-11-23T00:00"])
def test_a_booking_date_that_is_no_day_is_named(day):
    found = house()
    body = {"transfers": [{"booked_on": day}]}
    answer = found.logins["nobody"].post(
        TRANSFERS, body, content_type="application/json", headers=found.tokens["bank"]
    )
    places = {p["at"] for p in answer.json()["data"]["errors"]}
    assert (answer.status_code, "body.batch.transfers.0.booked_on" in places) == (422, True)


@pytest.mark.parametrize("limit", ["5.0", "1_0", "+5", "9" * 30, "9" * 4000, "５", "%205"])
def test_a_number_in_the_address_of_a_call_is_digits(limit):
    found = house()
    path = f"/api/v1/ledger/accounts/{found.account_id}/entries?limit={limit}"
    answer = found.logins["nobody"].get(path, headers=found.tokens["bank"])
    assert answer.status_code == 422
    assert answer.json()["data"]["errors"][0]["at"] == "query.limit"


def test_no_answer_under_api_is_anything_but_a_problem():
    request = RequestFactory().get("/api/v1/x")
    for given in (
        HttpResponse("x", status=400),
        HttpResponse("x", status=413),
        HttpResponse("x", status=429),
        HttpResponse("x", status=500),
        HttpResponseNotAllowed(["GET", "PUT"]),
    ):
        answer = api_problems(lambda _request, given=given: given)(request)
        assert (answer.status_code, answer["Content-Type"]) == (
            given.status_code,
            "application/problem+json",
        )
        assert answer.get("Allow") == given.get("Allow")
        assert (answer.status_code != 429) or answer["Retry-After"] == "60"


def test_too_many_says_when_to_come_back():
    request = RequestFactory().get("/api/v1/x")
    answer = refused(request, TooMany("test.often", "Too often.", retry_after=7))
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")


def test_a_refusal_is_a_line_in_the_log_and_a_fault_its_traceback():
    def record(status):
        try:
            raise PermissionDenied
        except PermissionDenied as error:
            info = (type(error), error, error.__traceback__)
        made = logging.LogRecord("django.request", 30, "x", 1, "x", (), info)
        made.status_code = status
        return made

    refusal, fault = record(403), record(500)
    assert RefusalsInALine().filter(refusal)
    assert refusal.exc_info is None
    assert RefusalsInALine().filter(fault)
    assert fault.exc_info is not None
