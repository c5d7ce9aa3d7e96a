"""Past days: what the kept turnover says is the sum of the transfers, whatever comes late."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, connections, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from liti.core.ids import uuid7
from liti.ledger import queries, turnover
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post
from liti.ledger.steps import fold
from liti.ledger.verify import verify

FIRST = date(2026, 11, 2)
DAYS = 6

# What a past day's trial balance was computed with before: the reference, and in `make bench`.
BY_TRANSFERS = """
SELECT a.gl_code, a.currency,
       coalesce(sum(t.amount_minor) FILTER (WHERE t.side = 'debit'), 0),
       coalesce(sum(t.amount_minor) FILTER (WHERE t.side = 'credit'), 0)
FROM ledger_account a LEFT JOIN (
    SELECT debit_number AS number, 'debit' AS side, amount_minor
    FROM ledger_transfer WHERE booked_on <= %(on)s
    UNION ALL
    SELECT credit_number, 'credit', amount_minor FROM ledger_transfer WHERE booked_on <= %(on)s
) t ON t.number = a.number
GROUP BY 1, 2
"""


def opened(count: int) -> list:
    """Accounts of two subjects, of both sides and two currencies."""
    kinds = [("2011", "CNY", "credit"), ("1001", "CNY", "debit"), ("2011", "USD", "credit")]
    made = [
        NewAccount(uuid7(), "a customer", *kinds[n % 3][:2], normal_side=kinds[n % 3][2],
                   floor_minor=None)
        for n in range(count)
    ]  # fmt: skip
    open_accounts(made)
    return [m.id for m in made]


def asked(debit, credit, amount_minor, day, currency="CNY"):
    return TransferRequest(uuid7(), debit, credit, amount_minor, "test", day, currency)


def by_transfers(on):
    with connection.cursor() as cursor:
        cursor.execute(BY_TRANSFERS, {"on": on})
        return {(g, c): (int(d), int(k)) for g, c, d, k in cursor.fetchall()}


def by_turnover(on):
    lines = queries.trial_balance(on).lines
    return {(li.gl_code, li.currency): (li.debits_minor, li.credits_minor) for li in lines}


class PastDaysEqualTheirTransfers(TestCase):
    """Batches on any day, folds of any size at any moment between them."""

    @settings(max_examples=25, deadline=None)
    @given(
        st.lists(
            st.one_of(
                st.integers(1, 7),  # a fold of so many entries at most
                st.lists(
                    st.tuples(
                        st.integers(0, 5), st.integers(0, 5), st.integers(1, 10**12),
                        st.integers(0, DAYS - 1),
                    ),
                    min_size=1,
                    max_size=8,
                ),
            ),
            max_size=12,
        )
    )  # fmt: skip
    def test_each_day_is_the_sum_of_what_was_booked_until_then(self, story):
        accounts = opened(6)
        for act in story:
            if isinstance(act, int):
                turnover.fold(act)
                continue
            post(
                [
                    asked(accounts[a], accounts[b], amount, FIRST + timedelta(days=day))
                    for a, b, amount, day in act
                ]
            )
        for day in range(-1, DAYS + 1):
            on = FIRST + timedelta(days=day)
            assert by_turnover(on) == by_transfers(on)
        assert verify().clean


@pytest.mark.django_db
def test_what_is_booked_late_counts_on_its_day_before_and_after_the_fold():
    [account, cash] = opened(2)
    post([asked(cash, account, 900, FIRST + timedelta(days=2))])
    assert fold(FIRST, "").cursor == ""
    post([asked(cash, account, 50, FIRST)])

    for _once in range(2):
        earlier, later = queries.trial_balance(FIRST), queries.trial_balance()
        assert {li.gl_code: li.credits_minor for li in earlier.lines}["2011"] == 50
        assert {li.gl_code: li.credits_minor for li in later.lines}["2011"] == 950
        assert queries.balance_on(account, FIRST - timedelta(days=1)) == 0
        assert queries.balance_on(account, FIRST) == 50
        assert queries.balance_on(account, FIRST + timedelta(days=1)) == 50
        assert queries.balance_on(account, FIRST + timedelta(days=2)) == 950
        fold(FIRST, "")


@pytest.mark.django_db
def test_a_fold_ends_in_bounded_steps_and_again_it_does_nothing():
    accounts = opened(5)[:2]
    post([asked(*accounts, n, FIRST) for n in range(1, 11)])
    chunks = []
    while not chunks or chunks[-1].cursor:
        chunks.append(turnover.fold(4))
    assert sum(c.done for c in chunks) == 20
    assert all(c.done <= 8 for c in chunks)
    assert turnover.fold(4).done == 0
    assert verify().clean


@pytest.mark.django_db
def test_no_transfer_and_no_folded_entry_is_read_for_a_past_day():
    accounts = opened(2)
    post([asked(*accounts, n, FIRST) for n in range(1, 50)])
    turnover.fold()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        cursor.execute(
            "EXPLAIN (ANALYZE, FORMAT JSON) SELECT gl_code, sum(debits_minor)"
            " FROM ledger_turnover_v WHERE booked_on <= %s GROUP BY 1",
            [FIRST],
        )
        nodes = list(_nodes(cursor.fetchone()[0][0]["Plan"]))
    assert not [n for n in nodes if n.get("Relation Name") == "ledger_transfer"]
    read = [n for n in nodes if n.get("Relation Name") == "ledger_entry"]
    assert [n["Actual Loops"] for n in read] == [0]


def _nodes(plan):
    yield plan
    for below in plan.get("Plans", []):
        yield from _nodes(below)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "spoilt",
    [
        "UPDATE ledger_daytotal SET credits_minor = credits_minor + 1 WHERE gl_code = '2011'",
        "DELETE FROM ledger_daytotal WHERE gl_code = '1001'",
        "UPDATE ledger_folded SET seq = seq - 1",
    ],
)
def test_a_wrong_day_is_found_and_named(spoilt):
    [account, cash] = opened(2)
    post([asked(cash, account, 900, FIRST)])
    turnover.fold()
    assert verify().clean
    with connection.cursor() as cursor:
        cursor.execute(spoilt)
    [*_others, finding] = verify().findings
    assert finding.rule == "a subject's turnover of a day equals its transfers"
    assert "of 2026-11-02" in finding.subject


@pytest.mark.usefixtures("committed")
def test_folds_and_postings_at_the_same_time_count_everything_once():
    accounts = opened(2)
    gate = threading.Barrier(3)

    def work(act):
        gate.wait()
        for number in range(25):
            with transaction.atomic():
                act(number)
        connections.close_all()

    def posting(number):
        post([asked(*accounts, number + 1, FIRST)])

    def folding(_number):
        turnover.fold(5)

    threads = [threading.Thread(target=work, args=(a,)) for a in (posting, folding, folding)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert by_turnover(FIRST)["2011", "CNY"] == (325, 0)
    assert by_turnover(FIRST) == by_transfers(FIRST)
    assert verify().clean
