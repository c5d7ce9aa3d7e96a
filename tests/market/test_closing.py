"""Closing, unbinding, erasing, withdrawing: refused with every reason, also in a race."""

from __future__ import annotations

import threading
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.template.loader import render_to_string
from tests.market.builders import DAY, account_of, assess, buyer, person

from liti.accounts import queries as account_queries
from liti.accounts import services as accounts
from liti.accounts.services import NewElectronicAccount, open_accounts
from liti.core import vetoes
from liti.core.clock import set_business_date
from liti.core.errors import Refused
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.market import queries, services
from liti.payments.models import Payment, StandingOrder
from liti.payments.services import end_standing_order
from liti.wealth.queries import holdings_of

SWEEP = "LTYEB1"


@pytest.fixture
def monday(db):
    set_business_date(DAY)


def buy(party, account, amount_minor, key="k1"):
    return services.place_order(party, SWEEP, account, amount_minor, channel="mobile", key=key)


def codes(refused) -> list[str]:
    return [reason["code"] for reason in refused.value.data["reasons"]]


def test_an_account_with_a_fund_stays_open_until_it_is_redeemed(monday):
    party, account = buyer(100_000)
    buy(party, account, 100_000)

    with pytest.raises(Refused) as refused:
        accounts.move_account(account, "closed")

    assert refused.value.code == "accounts.close.vetoed"
    assert set(codes(refused)) == {"wealth.holding", "market.order_under_way"}
    assert "1,000.00" in refused.value.message
    assert SWEEP in refused.value.message
    assert "Redeem it first." in refused.value.remedy
    assert account_queries.account(account).status == "active"

    set_business_date(DAY + timedelta(days=7))
    while services.settle_orders(DAY + timedelta(days=7)):
        pass
    services.sell_order(party, SWEEP, account, 100_000, channel="mobile", key="k2")
    cash = TransferRequest(
        uuid7(), account, internal_account("cash"), 100_000, "cash_withdrawal", DAY
    )
    post_one(cash)
    accounts.move_account(account, "closed")
    assert account_queries.account(account).status == "closed"


def test_all_reasons_are_named_at_once_with_their_remedies(monday):
    party, account = buyer(100_000)
    buy(party, account, 40_000)
    StandingOrder.objects.create(
        reference="S1", account_id=account, bank_to="B", account_to="1", amount_minor=5, kind="rent"
    )
    Payment.objects.create(
        direction="in", account_id=account, card_id=uuid7(), amount_minor=700, key="p",
        booked_on=DAY, status="unknown",
    )  # fmt: skip

    with pytest.raises(Refused) as refused:
        accounts.move_account(account, "closed")

    assert set(codes(refused)) == {
        "accounts.holds_money",
        "wealth.holding",
        "payments.under_way",
        "payments.standing_order",
        "market.order_under_way",
    }
    assert all(reason["remedy"] for reason in refused.value.data["reasons"])
    problem = refused.value.as_problem()
    assert len(problem["data"]["reasons"]) == 5
    page = render_to_string("ui/problem.html", {"error": refused.value})
    notice = render_to_string("mobile/refusal.html", {"refusal": refused.value})
    for reason in refused.value.data["reasons"]:
        assert reason["message"] in page
        assert reason["message"] in notice

    end_standing_order("S1")
    end_standing_order("S1")
    with pytest.raises(Refused) as fewer:
        accounts.move_account(account, "closed")
    assert "payments.standing_order" not in codes(fewer)


def test_a_card_whose_payment_is_undecided_stays_bound(monday):
    account = account_of(person())
    card = accounts.bind_card(account, _pan(), "张伟")
    Payment.objects.create(
        direction="in", account_id=account, card_id=card, amount_minor=700, key="p",
        booked_on=DAY, status="sent",
    )  # fmt: skip
    with pytest.raises(Refused) as refused:
        accounts.move_card(card, "unbound")
    assert codes(refused) == ["payments.under_way"]
    assert account_queries.bound_card(card).status == "active"


def _pan() -> str:
    return accounts.with_check_digit("622202000000888")


def test_a_person_is_kept_as_long_as_business_runs_and_the_law_asks(monday):
    party, account = buyer(50_000)
    buy(party, account, 50_000)
    open_now = {r.code for r in vetoes.reasons("parties.erase", [party])}
    assert open_now == {"accounts.open", "wealth.holding", "market.order_under_way"}

    set_business_date(DAY + timedelta(days=7))
    while services.settle_orders(DAY + timedelta(days=7)):
        pass
    services.sell_order(party, SWEEP, account, 50_000, channel="mobile", key="s")
    post_one(
        TransferRequest(uuid7(), account, internal_account("cash"), 50_000, "cash_withdrawal", DAY)
    )
    accounts.move_account(account, "closed")
    kept = {r.code: r.message for r in vetoes.reasons("parties.erase", [party])}
    assert set(kept) == {"accounts.keep_records", "wealth.keep_records"}
    assert "2036-11-30" in kept["accounts.keep_records"]
    assert "2046-11-30" in kept["wealth.keep_records"]

    set_business_date(date(2046, 12, 1))
    assert vetoes.reasons("parties.erase", [party]) == []


def test_an_authorised_user_invests_nothing_from_the_owners_account(monday):
    owner, user = person(), person()
    assess(owner)
    assess(user)
    account = uuid7()
    open_accounts(
        [NewElectronicAccount(account, "6200000000000077", owner, "II", DAY, co_holders=[user])]
    )
    post_one(TransferRequest(uuid7(), internal_account("cash"), account, 100_000, "deposit", DAY))

    with pytest.raises(Refused) as refused:
        buy(user, account, 80_000)

    assert refused.value.code == "market.authorised_user"
    assert (balance(account), queries.orders_of(user)) == (100_000, [])
    buy(owner, account, 1_000)
    assert [h.value_minor for h in holdings_of(owner)] == [1_000]
    assert holdings_of(user) == []


def test_a_product_with_orders_under_way_is_suspended_but_not_withdrawn(monday):
    party, account = buyer()
    buy(party, account, 1_000)
    with pytest.raises(Refused) as refused:
        services.move_product(SWEEP, "withdrawn")
    assert "market.order_under_way" in codes(refused)
    assert queries.product(SWEEP).status == "on_shelf"
    services.move_product(SWEEP, "suspended")


def test_buying_and_closing_at_once_strand_no_money(committed):
    set_business_date(DAY)
    party, account = buyer(100_000)
    bought, began, outcome = threading.Event(), threading.Event(), []

    def close() -> None:
        bought.wait(10)
        began.set()
        try:
            accounts.move_account(account, "closed")
            outcome.append("closed")
        except Refused as refused:
            outcome.append(refused.code)
        finally:
            connection.close()

    thread = threading.Thread(target=close)
    thread.start()
    with transaction.atomic():
        buy(party, account, 100_000)  # the account is empty now, and only this buyer knows
        bought.set()
        began.wait(10)
        thread.join(0.5)  # it waits for our lock, or would have closed by now
        assert outcome == []
    thread.join(10)

    assert outcome == ["accounts.close.vetoed"]
    assert account_queries.account(account).status == "active"
    assert [h.value_minor for h in holdings_of(party)] == [100_000]


def test_who_comes_after_the_closing_buys_nothing(committed):
    set_business_date(DAY)
    party, account = buyer(0)
    outcome = []

    def order() -> None:
        try:
            buy(party, account, 1)
        except Refused as refused:
            outcome.append(refused.code)
        finally:
            connection.close()

    thread = threading.Thread(target=order)
    with transaction.atomic():
        accounts.move_account(account, "closed")
        thread.start()
        thread.join(0.5)
        assert outcome == []
    thread.join(10)
    assert outcome == ["accounts.closed"]
    assert queries.orders_of(party) == []
