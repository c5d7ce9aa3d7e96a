"""How often a client and an address may call, over the wire."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.api.conftest import DAY
from tests.api.test_access import SUMMARY, problem

from liti.api.auth import CALLS, WRONG_TOKENS
from liti.core import pace, params
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden
from liti.core.ids import uuid7
from liti.ledger import services as ledger
from liti.ledger.models import Transfer
from liti.ledger.queries import internal_account
from liti.partners import services

WRONG = {"Authorization": "Bearer nobody"}


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(pace, "now", lambda: datetime(2026, 11, 23, 9, 0, 15, tzinfo=UTC))


def bound(code: str, value: int) -> None:
    params.set_parameter(code, value, valid_from=DAY)


def test_a_client_beyond_its_pace_waits_and_another_does_not(web, partner, token):
    bound("core.api.calls_per_minute", 3)
    services.create_client(partner, client_id="second", client_secret="a-secret-of-the-tests")
    first, second = token("cloud"), token("second")

    for _ in range(3):
        assert web.get(SUMMARY, headers=first).status_code == 200
    refused = web.get(SUMMARY, headers=first)

    body = problem(refused, 429, "api.too_many_calls")
    assert refused.headers["Retry-After"] == "45"
    assert body["detail"] == "请在 45 秒后再试。"
    assert web.get(SUMMARY, headers=second).status_code == 200
    CALLS.forget()  # as in another process
    problem(web.get(SUMMARY, headers=first), 429, "api.too_many_calls")


def test_wrong_tokens_shut_the_address(web, partner, token):
    bound("core.api.wrong_tokens_per_minute", 2)
    right = token("cloud")

    for _ in range(2):
        problem(web.get(SUMMARY, headers=WRONG), 401, "api.unauthenticated")
    assert web.get(SUMMARY, headers=right).status_code == 200
    refused = web.get(SUMMARY, headers=WRONG)

    problem(refused, 429, "api.too_many_wrong_tokens")
    assert refused.headers["Retry-After"] == "45"
    problem(web.get(SUMMARY, headers=right), 429, "api.too_many_wrong_tokens")
    WRONG_TOKENS.forget()  # another process lets no further wrong one be tried
    problem(web.get(SUMMARY, headers=WRONG), 429, "api.too_many_wrong_tokens")


def test_no_token_at_all_counts_against_nobody(web):
    bound("core.api.wrong_tokens_per_minute", 1)
    for _ in range(3):
        problem(web.get(SUMMARY), 401, "api.unauthenticated")


def test_a_client_does_not_say_where_books_come_from(web):
    ids = internal_account("cash"), internal_account("suspense")
    asked = ledger.TransferRequest(uuid7(), *ids, 100, "deposit", DAY, origin="sample")
    client = Actor("client", "core-system", uuid7(), scopes=frozenset({"ledger:post"}))

    with acting(client), pytest.raises(Forbidden) as refused:
        ledger.post([asked])

    assert refused.value.code == "ledger.origin"
    assert not Transfer.objects.filter(id=asked.id).exists()
