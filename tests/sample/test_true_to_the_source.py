"""The simulated books look like the real ones, within tolerances that stand beside the figures."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from liti.core.bulk import copy_rows
from liti.core.ids import uuid7
from liti.lending.queries import LoanKey
from liti.lending.rules import lent_for, recorded_schedule
from liti.sample import names, source
from liti.sample.books.counter import kind_and_counter
from liti.sample.compare import TOLERANCES, Compared, measured, verdicts
from liti.sample.scope import chained_accounts, lowest_balances
from liti.sample.simulate.carry_on import Carried, carry_on
from liti.sample.simulate.rhythm import listen

pytestmark = pytest.mark.django_db
EVERY = 5  # of the source's accounts one in so many is carried on
RATE = Decimal("0.12")
STATUS = {"A": "settled", "B": "ended_unpaid", "C": "running", "D": "in_arrears"}
COLUMNS = ["account_id", "kind", "origin", "amount", "day", "month", "balance_after_minor", "seq",
           "age"]  # fmt: skip


@pytest.fixture(scope="module")
def books():
    return chained_accounts((*source.transactions(), *source.later_transactions()))


def _loans(ids):
    found = {}
    for loan in source.loans():
        if loan.account_id in ids:
            principal = lent_for(loan.instalment_minor, loan.months, RATE)
            lines = recorded_schedule(
                principal, loan.instalment_minor, loan.months, loan.signed_on, RATE
            )
            key = LoanKey(
                f"L{loan.id}", loan.signed_on, uuid7(), principal, loan.instalment_minor,
                loan.months, STATUS[loan.status],
                tuple((x.due_on, x.principal_minor, x.interest_minor) for x in lines),
            )  # fmt: skip
            found.setdefault(ids[loan.account_id], []).append(key)
    return found


def _carried(every):
    accounts = source.accounts()[::every]
    ids = {a.id: names.account_id(a.id, a.opened_on) for a in accounts}
    owners = {h.account_id: h.client_id for h in source.holders() if h.owner}
    born = {c.id: c.birth_date for c in source.clients()}
    return Carried(
        accounts=accounts,
        ids=ids,
        born={a.id: born[owners[a.id]] for a in accounts},
        loans=_loans(ids),
        floors={n: min(0, low) for n, low in lowest_balances().items()},
        shift=timedelta(0),
        begins=date(1994, 3, 31),
        until=date(1998, 11, 30),
        yesterday=source.LAST_DAY,
        seed=20260101,
    )


def _rows(carried, books):
    """Entries of both sides as the comparison wants them; balances from the entries."""
    opened = {a.id: a.opened_on for a in source.accounts()}
    number_of = {id: number for number, id in carried.ids.items()}

    def row(account, kind, origin, change, day, balance, seq):
        age = (day.year - opened[account].year) * 12 + day.month - opened[account].month
        key = carried.ids.get(account) or names.account_id(account, opened[account])
        return (key, kind, origin, abs(change), day, day.replace(day=1), balance, seq, age)

    for account, chained in books.items():
        for seq, c in enumerate(chained):
            kind, _code = kind_and_counter(c.row)
            done = (c.row.change_minor, c.row.day, c.row.balance_minor, seq)
            yield row(account, kind, "recorded", *done)
    mine = {n: rows for n, rows in books.items() if n in carried.ids}
    balances = {n: rows[-1].row.balance_minor for n, rows in mine.items()}
    for seq, t in enumerate(carry_on(carried, mine, listen(books)), start=100_000):
        for id, sign in ((t.debit_account_id, -1), (t.credit_account_id, 1)):
            if number := number_of.get(id):
                change = sign * t.amount_minor
                balances[number] = balances.get(number, 0) + change
                yield row(number, t.kind, "simulated", change, t.booked_on, balances[number], seq)


@pytest.fixture
def found(books) -> Compared:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE sample_compared (account_id uuid, kind text, origin text,"
            " amount bigint, day date, month date, balance_after_minor bigint, seq int, age int)"
            " ON COMMIT DROP"
        )
    copy_rows("sample_compared", COLUMNS, list(_rows(_carried(EVERY), books)))
    return measured()


def test_each_kind_comes_as_often_as_much_and_when_it_does_in_the_source(found):
    assert set(TOLERANCES) <= {kind for _income, kind in found.real}
    assert found.simulated["cash", "cash_withdrawal"].entries > 10_000
    beyond = [v for v in verdicts(found) if not v.holds]
    assert not beyond, "\n".join(map(str, beyond))


def test_every_instalment_that_is_due_is_paid_but_those_in_debt(books):
    carried = _carried(1)
    keys = {k.loan_account_id: k for loans in carried.loans.values() for k in loans}
    mine = {n: rows for n, rows in books.items() if carried.ids[n] in carried.loans}
    carried = Carried(
        **{f: getattr(carried, f) for f in carried.__slots__}
        | {"accounts": [a for a in carried.accounts if carried.ids[a.id] in carried.loans]}
    )
    paid = dict.fromkeys(keys, 0)
    for rows in mine.values():
        for c in rows:
            for k in carried.loans[carried.ids[c.row.account_id]]:
                paid[k.loan_account_id] += c.row.symbol == "UVER" and k.signed_on < c.row.day
    for t in carry_on(carried, mine, listen(books)):
        if t.kind == "loan_instalment":
            paid[t.credit_account_id] += 1
    for id, key in keys.items():
        due = sum(line[0] <= carried.until for line in key.due)
        missed = due - paid[id]
        if key.status in ("settled", "running"):
            assert missed == 0, key.number
        elif key.status == "in_arrears":
            assert 0 <= missed <= 6
        else:
            assert 1 <= missed <= 9
    assert len(keys) == 682
