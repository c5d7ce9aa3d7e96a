"""Transfers by batch with a code for each refusal, and entries by cursor."""

from __future__ import annotations

import pytest
from tests.api.test_access import problem

from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, move_account, open_accounts

TRANSFERS = "/api/v1/ledger/transfers"


@pytest.fixture
def call(web, bank, token):
    headers = token("core-system", "ledger:post ledger:read")

    def send(*transfers, **more):
        return web.post(TRANSFERS, json={"transfers": transfers, **more}, headers=headers)

    return send


def open_one(currency="CNY"):
    account_id = uuid7()
    open_accounts([NewAccount(account_id, "an account", "2011", currency)])
    return account_id


@pytest.fixture
def account(web):
    return open_one()


def paid_in(account, amount=1_000, **other):
    return {
        "id": str(uuid7()),
        "debit_account_id": str(internal_account("cash")),
        "credit_account_id": str(account),
        "amount_minor": amount,
        "kind": "deposit",
    } | {name: value if isinstance(value, int) else str(value) for name, value in other.items()}


def test_a_batch_is_posted_and_replayed(call, account):
    transfer = paid_in(account)
    assert call(transfer).json()["posted"] == 1
    answer = call(transfer, paid_in(account)).json()
    assert (answer["posted"], answer["replayed"], answer["refused"]) == (1, 1, 0)
    assert [r["status"] for r in answer["results"]] == ["replayed", "posted"]
    assert balance(account) == 2_000


def test_every_refusal_has_its_code_and_stops_no_other(call, account):
    closed, dollars = open_one(), open_one("USD")
    move_account(closed, "closed")
    known = paid_in(account)
    call(known)
    nobody, cash = uuid7(), internal_account("cash")
    expected = {
        "insufficient_funds": paid_in(cash, 2_000, debit_account_id=account),
        "unknown_account": paid_in(nobody),
        "currency_mismatch": paid_in(dollars),
        "same_account": paid_in(account, debit_account_id=account),
        "account_closed": paid_in(closed),
        "id_conflict": known | {"amount_minor": 999},
    }
    answer = call(
        *expected.values(),
        paid_in(account, -1),
        paid_in(account, 0),
        paid_in(account, 7),
    ).json()
    codes = [r["code"] for r in answer["results"]]
    assert codes == [*expected, "invalid_amount", "invalid_amount", None]
    assert (answer["posted"], answer["refused"]) == (1, 8)
    assert balance(account) == 1_007


def test_one_refusal_refuses_the_whole_when_asked(call, account):
    answer = call(paid_in(account), paid_in(account, -1), all_or_none=True)
    problem(answer, 422, "ledger.invalid_amount")
    assert balance(account) == 0
    known = paid_in(account)
    call(known)
    again = call(known | {"amount_minor": 5}, all_or_none=True)
    problem(again, 409, "ledger.id_conflict")
    problem(call(paid_in(uuid7()), all_or_none=True), 404, "ledger.unknown_account")


@pytest.mark.parametrize("amount", [2**63 - 1, -(2**63), 2**63, 10**40, 1.5])
def test_no_amount_is_a_crash(call, account, amount):
    body = paid_in(account) | {"amount_minor": amount}
    answer = call(body)
    assert answer.status_code in {200, 422}
    assert call(body, paid_in(account, 2**62)).status_code in {200, 422}


def test_entries_come_page_by_page(call, web, token, account):
    call(*(paid_in(account, amount) for amount in range(1, 8)))
    headers, at, seen = token("core-system", "ledger:read"), None, []
    for _page in range(3):
        page = web.get(
            f"/api/v1/ledger/accounts/{account}/entries",
            params={"limit": 3} | ({"before_seq": at} if at else {}),
            headers=headers,
        ).json()
        seen += [e["amount_minor"] for e in page["entries"]]
        at = page["next_before_seq"]
    assert (seen, at) == ([7, 6, 5, 4, 3, 2, 1], None)
    found = web.get(f"/api/v1/ledger/accounts/{account}", headers=headers).json()
    assert (found["balance_minor"], found["entry_count"]) == (28, 7)


def test_an_account_that_is_not_there(web, bank, token):
    headers = token("core-system")
    for rest in ("", "/entries"):
        answer = web.get(f"/api/v1/ledger/accounts/{uuid7()}{rest}", headers=headers)
        problem(answer, 404, "ledger.unknown_account")
    answer = web.get("/api/v1/ledger/accounts/no-uuid", headers=headers)
    problem(answer, 404, "api.unknown_call")
