"""Posting: what goes in, what is refused, and that nothing is half-done."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import DatabaseError, connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.ledger import queries, services
from liti.ledger.services import NewAccount, TransferRequest, post, post_one
from liti.ledger.verify import verify

DAY = date(2026, 11, 23)
pytestmark = pytest.mark.django_db


def customer(floor_minor: int | None = 0, currency: str = "CNY") -> UUID:
    account_id = uuid7()
    services.open_accounts(
        [NewAccount(account_id, "a customer", "2011", currency, floor_minor=floor_minor)]
    )
    return account_id


def cash() -> UUID:
    return queries.internal_account("cash")


def request(debit: UUID, credit: UUID, amount_minor: int, **other) -> TransferRequest:
    return TransferRequest(
        **{"id": uuid7(), "kind": "test", "booked_on": DAY}
        | {"debit_account_id": debit, "credit_account_id": credit, "amount_minor": amount_minor}
        | other
    )


def test_a_deposit_shows_on_both_sides():
    account = customer()
    before = queries.balance(cash())

    result = post_one(request(cash(), account, 12_345))

    assert result.status == "posted"
    assert queries.balance(account) == 12_345
    assert queries.balance(cash()) == before + 12_345
    [entry] = queries.entries(account)
    assert (entry.seq, entry.side, entry.change_minor) == (1, "credit", 12_345)
    assert entry.balance_after_minor == 12_345
    assert queries.transfer(result.id).debit.code == "cash"


def test_each_refusal_has_its_code_and_the_rest_goes_on():
    rich, dollars, closed = customer(), customer(currency="USD"), customer()
    services.move_account(closed, "closed")
    post_one(request(cash(), rich, 1_000))
    unknown = uuid7()
    batch = [
        request(rich, cash(), 600),
        request(rich, cash(), 600),
        request(rich, cash(), 0),
        request(rich, cash(), -5),
        request(rich, cash(), 2**63),
        request(rich, rich, 5),
        request(unknown, cash(), 5),
        request(cash(), dollars, 5),
        request(cash(), closed, 5),
        request(rich, cash(), 400),
    ]

    results = post(batch)

    assert [r.code for r in results] == [
        None,
        "insufficient_funds",
        "invalid_amount",
        "invalid_amount",
        "invalid_amount",
        "same_account",
        "unknown_account",
        "currency_mismatch",
        "account_closed",
        None,
    ]
    assert queries.balance(rich) == 0
    assert verify().clean


def test_one_refusal_stops_a_linked_batch_whole():
    account = customer()
    with pytest.raises(Refused, match="does not hold enough") as caught:
        post([request(cash(), account, 500), request(account, cash(), 501)], all_or_none=True)
    assert caught.value.code == "ledger.insufficient_funds"
    assert queries.balance(account) == 0
    assert queries.entries(account) == []


def test_the_same_id_is_answered_once_and_other_content_refused():
    account = customer()
    first = request(cash(), account, 700)
    assert [r.status for r in post([first, first])] == ["posted", "replayed"]
    assert post([first])[0].status == "replayed"

    other = request(cash(), account, 701, id=first.id)
    assert post([other])[0].code == "id_conflict"
    with pytest.raises(Conflict, match=str(first.id)):
        post_one(other)
    assert queries.balance(account) == 700


def test_a_request_without_a_date_is_the_same_on_the_next_day():
    account, transfer_id = customer(), uuid7()
    first = request(cash(), account, 100, id=transfer_id, dated=False)
    assert post_one(first).status == "posted"
    tomorrow = replace(first, booked_on=DAY + timedelta(days=1))
    assert post_one(tomorrow).status == "replayed"
    assert post_one(replace(first, dated=True)).status == "replayed"
    with pytest.raises(Conflict):
        post_one(replace(tomorrow, dated=True))
    with pytest.raises(Conflict):
        post_one(replace(tomorrow, amount_minor=101))
    assert queries.balance(account) == 100


def test_an_agreed_overdraft_ends_at_its_floor():
    account = customer(floor_minor=-300)
    post_one(request(account, cash(), 300))
    with pytest.raises(Refused):
        post_one(request(account, cash(), 1))
    assert queries.balance(account) == -300


def test_an_unknown_account_is_named():
    missing = uuid7()
    with pytest.raises(NotFound, match=str(missing)):
        post_one(request(missing, cash(), 5))


def test_closing_wants_an_empty_account():
    account = customer()
    post_one(request(cash(), account, 5))
    with pytest.raises(Refused, match=r"0\.05"):
        services.move_account(account, "closed")
    with pytest.raises(Conflict):
        services.move_account(account, "open")


@pytest.mark.parametrize("narrative", ["x" * 201, "a\0b"])
def test_texts_that_the_books_cannot_hold_are_refused_before_anything(narrative):
    account = customer()
    with pytest.raises(InvalidInput):
        post([request(cash(), account, 5), request(cash(), account, 5, narrative=narrative)])
    assert queries.balance(account) == 0


def test_a_batch_has_a_bound():
    account = customer()
    with pytest.raises(InvalidInput, match="10000"):
        post([request(cash(), account, 1)] * 10_001)


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE ledger_transfer SET amount_minor = 1",
        "DELETE FROM ledger_transfer",
        "UPDATE ledger_entry SET change_minor = 1",
        "DELETE FROM ledger_entry",
        "TRUNCATE ledger_entry",
        "DELETE FROM ledger_account",
    ],
)
def test_the_database_refuses_to_rewrite_the_books(sql):
    post_one(request(cash(), customer(), 5))
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(sql)


def test_a_wrong_balance_is_found_and_named():
    account = customer()
    post_one(request(cash(), account, 5))
    assert verify().clean
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_account SET credits_minor = credits_minor + 1 WHERE id = %s", [account]
        )
    findings = verify().findings
    assert any(str(account) in f.subject for f in findings)
    assert any("debits equal credits" in f.rule for f in findings)


def test_the_trial_balance_agrees_and_knows_earlier_days():
    account = customer()
    post_one(request(cash(), account, 900))
    post_one(request(account, cash(), 200, booked_on=date(2026, 11, 24)))
    earlier = queries.trial_balance(DAY)
    later = queries.trial_balance()
    assert earlier.balanced
    assert later.balanced
    deposits = {line.gl_code: line for line in earlier.lines}["2011"]
    assert deposits.credit_balance_minor >= 900
    assert queries.balance_on(account, DAY) == 900
    assert queries.balance_on(account, date(2026, 11, 24)) == 700


def test_pages_of_entries_follow_each_other():
    account = customer()
    post([request(cash(), account, n) for n in range(1, 8)])
    first = queries.entries(account, limit=3)
    second = queries.entries(account, before_seq=first[-1].seq, limit=3)
    assert [e.seq for e in first + second] == [7, 6, 5, 4, 3, 2]


class BooksAgreeWithAModel(TestCase):
    """Random batches: the ledger and a dictionary of balances say the same."""

    @settings(max_examples=30, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(-5, 500)),
            min_size=1,
            max_size=40,
        )
    )
    def test_balances_equal_a_dictionary(self, moves):
        floors = [None, 0, 0, -100]
        accounts = [customer(floor) for floor in floors]
        model = [0, 0, 0, 0]
        expected = []
        for source, target, amount in moves:
            floor = floors[source]
            ok = amount > 0 and source != target
            ok = ok and (floor is None or model[source] - amount >= floor)
            if ok:
                model[source] -= amount
                model[target] += amount
            expected.append(ok)

        results = post([request(accounts[s], accounts[t], amount) for s, t, amount in moves])

        assert [r.ok for r in results] == expected
        assert [queries.balance(a) for a in accounts] == model
        assert verify().clean
