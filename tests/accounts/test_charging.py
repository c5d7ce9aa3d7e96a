"""Interest on daily balances and statement fees, on the last day of a month."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from tests.market.builders import account_of, person

from liti.accounts import charging, rules
from liti.accounts.models import ElectronicAccount
from liti.core.ids import uuid7
from liti.ledger import queries as ledger
from liti.ledger.services import TransferRequest, post_one

pytestmark = pytest.mark.django_db
LAST = date(2026, 11, 30)


def move(account, amount_minor, day):
    cash = ledger.internal_account("cash")
    sides = (cash, account) if amount_minor > 0 else (account, cash)
    post_one(TransferRequest(uuid7(), *sides, abs(amount_minor), "cash", day))


def end(step, day):
    cursor = ""
    while cursor := step(day, cursor).cursor:
        pass


def test_the_sum_of_daily_balances_counts_each_day_with_what_was_held_at_its_end():
    account = account_of(person())
    move(account, 10_000, date(2026, 10, 20))
    move(account, 5_000, date(2026, 11, 11))
    move(account, -15_000, date(2026, 11, 21))
    move(account, 100, date(2026, 12, 1))
    move(account, 2_000, date(2026, 11, 1))  # booked late
    # 10 days × 12,000, 10 days × 17,000, 10 days × 2,000
    assert ledger.daily_sums([account], date(2026, 11, 1), LAST) == {account: 310_000}
    assert ledger.daily_sums([account], date(2026, 9, 1), date(2026, 9, 30)) == {account: 0}


def test_interest_is_half_up_to_a_cent():
    # 1,000.00 for 30 days at 4.83 %: 3.9699
    assert rules.interest_minor(30 * 100_000, Decimal("0.0483"), 365) == 397
    assert rules.interest_minor(0, Decimal("0.0483"), 365) == 0


def test_a_months_interest_is_paid_once_on_its_last_day():
    account = account_of(person())
    move(account, 100_000, date(2026, 10, 1))
    end(charging.pay_interest, date(2026, 11, 29))
    assert ledger.balance(account) == 100_000
    end(charging.pay_interest, LAST)
    end(charging.pay_interest, LAST)
    assert ledger.balance(account) == 100_397
    [line, *_rest] = ledger.entries(account)
    assert (line.kind, line.change_minor, line.booked_on) == ("interest", 397, LAST)


def test_a_fee_goes_by_the_cycle_and_only_as_far_as_the_balance_bears_it():
    monthly, weekly, poor = (account_of(person(), 10_000) for _n in range(3))
    ElectronicAccount.objects.filter(id=weekly).update(statement_cycle="weekly")
    move(poor, -9_000, date(2026, 11, 23))
    end(charging.charge_fees, date(2026, 11, 29))
    end(charging.charge_fees, LAST)
    end(charging.charge_fees, LAST)
    assert [ledger.balance(a) for a in (monthly, weekly, poor)] == [8_540, 7_000, 1_000]


def test_chunks_reach_every_account(monkeypatch):
    monkeypatch.setattr(charging, "CHUNK", 2)
    accounts = [account_of(person(), 10_000) for _n in range(5)]
    end(charging.charge_fees, LAST)
    assert [ledger.balance(a) for a in accounts] == [8_540] * 5
