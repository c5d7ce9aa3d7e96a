"""The real books: every row, in the order that its balance proves."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date

import pytest

from liti.core.errors import InvalidInput
from liti.sample import names, source
from liti.sample.books.chain import chain
from liti.sample.books.counter import kind_and_counter
from liti.sample.incomes import Income
from liti.sample.scope import chained_accounts
from liti.sample.simulate.month import chance
from liti.sample.simulate.rhythm import NEIGHBOURS, listen


@pytest.fixture(scope="module")
def books():
    return chained_accounts(source.transactions())


def test_the_source_is_whole():
    counts = [
        len(found())
        for found in (
            source.clients, source.holders, source.accounts, source.orders, source.loans,
            source.cards, source.transactions,
        )
    ]  # fmt: skip
    assert counts == [5369, 5369, 4500, 6471, 682, 892, 46997]


def test_every_balance_follows_and_2031_rows_are_rounded(books):
    differences = Counter(c.difference_minor for rows in books.values() for c in rows)
    assert sum(differences.values()) == 46_997
    assert differences[10] + differences[-10] == 2_031
    assert set(differences) == {0, 10, -10}


def test_later_rows_chain_from_nothing_for_354_accounts():
    later = chained_accounts(source.later_transactions())
    differences = Counter(c.difference_minor for rows in later.values() for c in rows)
    assert (len(later), sum(differences.values())) == (354, 30_200)
    assert (differences[10], differences[-10], set(differences)) == (511, 784, {0, 10, -10})
    early = {row.account_id for row in source.transactions()}
    assert not early & set(later)  # each account is in one of the two parts


def test_each_row_stands_once(books):
    ids = [c.row.id for rows in books.values() for c in rows]
    assert len(ids) == len(set(ids))


def test_a_broken_balance_is_named(books):
    rows = [c.row for c in next(iter(books.values()))]
    broken = [*rows[:-1], source.Row(**{**_fields(rows[-1]), "balance_minor": 1})]
    with pytest.raises(InvalidInput, match=str(rows[0].account_id)):
        chain(broken)


def test_every_row_has_a_kind_and_a_counter_account():
    kinds = Counter(kind_and_counter(row)[0] for row in source.transactions())
    assert kinds["interest"] == 8305
    assert kinds["statement_fee"] == 4563
    assert kinds["loan_instalment"] == 123
    assert sum(kinds.values()) == 46_997


def test_instalments_equal_the_contracts():
    for loan in source.loans():
        assert loan.instalment_minor * loan.months == loan.principal_minor
    paid = defaultdict(set)
    for row in source.transactions():
        if row.symbol == "UVER":
            paid[row.account_id].add(row.amount_minor)
    of_contract = {loan.account_id: loan.instalment_minor for loan in source.loans()}
    known = [(a, amounts) for a, amounts in paid.items() if a in of_contract]
    assert known
    for account, amounts in known:
        assert {abs(x - of_contract[account]) < 100 for x in amounts} == {True}


def test_dates_move_by_whole_weeks_to_just_before_today():
    for today in (date(2026, 11, 24), date(2026, 11, 30), date(2027, 1, 1)):
        days = names.shift_days(today)
        assert days % 7 == 0
        assert 1 <= (today - source.LAST_DAY).days - days <= 7


def test_the_rhythm_is_heard(books):
    rhythm = listen(books | chained_accounts(source.later_transactions()))
    assert len(rhythm.donors) > 900
    assert 0.001 < rhythm.monthly_rate < 0.01
    assert (round(rhythm.card_uses, 2), len(rhythm.card_amounts_minor)) == (0.44, 66)
    settled = rhythm.donors[0].month_of(12, 2, 3)
    assert settled == rhythm.donors[0].month_of(12, 2, 3)
    assert all(d.income in Income for d in rhythm.donors)


def test_a_donor_lives_on_the_same_and_pays_about_as_much_by_order(books):
    rhythm = listen(books)
    for income in Income:
        pool = rhythm.by_income[income]
        donor = rhythm.donor(999_999, income, pool[0].orders_minor, chance(1, "x"))
        assert donor.income is income
        assert donor in pool[:NEIGHBOURS]


def _fields(row: source.Row) -> dict:
    return {name: getattr(row, name) for name in row.__slots__}
