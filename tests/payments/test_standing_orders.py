"""Standing orders are paid on their day, tried again while the money is missing, then skipped."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from django.db import connection

from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.payments import queries, services, standing
from liti.payments.models import StandingOrder, StandingOrderDue

pytestmark = pytest.mark.django_db
TENTH = date(2026, 11, 10)


def account_with(amount_minor: int) -> UUID:
    account = uuid7()
    open_accounts([NewAccount(account, "a customer", "2011")])
    pay_in(account, amount_minor)
    return account


def pay_in(account: UUID, amount_minor: int) -> None:
    if amount_minor:
        cash = internal_account("cash")
        post_one(TransferRequest(uuid7(), cash, account, amount_minor, "deposit", TENTH))


def order(account: UUID, amount_minor: int, day_of_month: int = 10, **more) -> UUID:
    new = services.NewStandingOrder(
        uuid7(), f"O{uuid7().hex[-10:]}", account, "AB", "1", amount_minor, "household_payment",
        day_of_month=day_of_month, **more,
    )  # fmt: skip
    services.import_standing_orders([new])
    return new.id


def end(day: date) -> int:
    """What the step does in a close of the day, chunk by chunk."""
    done, cursor = 0, ""
    while True:
        chunk = standing.pay_due(day, cursor)
        done, cursor = done + chunk.done, chunk.cursor
        if not cursor:
            return done


def test_an_order_is_paid_once_on_its_day_of_the_month():
    account = account_with(10_000)
    order(account, 4_000)

    assert end(TENTH - timedelta(days=1)) == 0
    assert end(TENTH) == 1
    assert end(TENTH) == 0
    assert end(TENTH + timedelta(days=1)) == 0

    assert balance(account) == 6_000
    [due] = queries.dues_of(account)
    assert (due.state, due.due_on, due.attempts, due.reason) == ("paid", TENTH, 1, "")
    assert queries.standing_orders_on(TENTH) == {
        "payments.standing_paid": 1,
        "payments.standing_paid_minor": 4_000,
        "payments.standing_skipped": 0,
    }


def test_without_cover_it_is_tried_on_three_more_days_then_skipped():
    account = account_with(3_999)
    order(account, 4_000)
    for offset, state in enumerate(["waiting", "waiting", "waiting", "skipped", "skipped"]):
        end(TENTH + timedelta(days=offset))
        [due] = queries.dues_of(account)
        assert (due.state, due.reason) == (state, "insufficient_funds")
    assert due.attempts == 4
    assert balance(account) == 3_999


def test_money_that_comes_in_time_pays_it():
    account = account_with(0)
    order(account, 4_000)
    end(TENTH)
    pay_in(account, 5_000)
    end(TENTH + timedelta(days=1))
    [due] = queries.dues_of(account)
    assert (due.state, due.attempts, due.tried_on) == ("paid", 2, TENTH + timedelta(days=1))
    assert balance(account) == 1_000


@pytest.mark.parametrize(
    ("month_end", "paid"), [(date(2026, 11, 30), True), (date(2026, 12, 30), False)]
)
def test_a_day_that_the_month_lacks_is_its_last(month_end, paid):
    account = account_with(10_000)
    order(account, 4_000, day_of_month=31)
    end(month_end)
    assert balance(account) == (6_000 if paid else 10_000)


def test_an_order_is_not_due_before_it_begins_or_after_it_ended():
    account = account_with(10_000)
    order(account, 1_000, valid_from=TENTH + timedelta(days=1))
    ended = order(account, 2_000)
    StandingOrder.objects.filter(id=ended).update(ended_on=TENTH)
    assert end(TENTH) == 0
    assert balance(account) == 10_000


def test_many_orders_go_in_chunks(monkeypatch):
    monkeypatch.setattr(standing, "CHUNK", 2)
    accounts = [account_with(5_000) for _n in range(5)]
    for account in accounts:
        order(account, 1_000)
    first = standing.pay_due(TENTH, "")
    assert (first.done, bool(first.cursor)) == (2, True)
    assert StandingOrderDue.objects.filter(state="paid").count() == 2
    assert end(TENTH) == 3
    assert [balance(a) for a in accounts] == [4_000] * 5


def test_a_transfer_is_that_of_its_order_and_date():
    account = account_with(10_000)
    order(account, 4_000)
    end(TENTH)
    with connection.cursor() as cursor:  # as if the record had been lost, not the posting
        cursor.execute("UPDATE payments_standingorderdue SET state = 'waiting', tried_on = NULL")
    end(TENTH)
    assert balance(account) == 6_000
