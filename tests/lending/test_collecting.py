"""Instalments are collected on their due dates; what is missed puts the contract in arrears."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
from tests.parties.builders import known_party

from liti.core.ids import uuid7
from liti.ledger.queries import balance, entries, internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.lending import collecting, queries, services
from liti.lending.models import Collection, ScheduleLine

pytestmark = pytest.mark.django_db
SIGNED = date(2026, 8, 15)
FIRST = date(2026, 9, 15)


def loan(held_minor: int, months: int = 3, status: str = "running") -> tuple[UUID, UUID]:
    """(contract, account) of a loan of 100.00 a month, with money on the account."""
    account, contract = uuid7(), uuid7()
    open_accounts([NewAccount(account, "a customer", "2011")])
    if held_minor:
        cash = internal_account("cash")
        post_one(TransferRequest(uuid7(), cash, account, held_minor, "deposit", SIGNED))
    services.open_contracts(
        [
            services.NewContract(
                contract, f"L{contract.hex[-8:]}", account, known_party(), 10_000 * months, 10_000,
                months, SIGNED, status,
            )
        ]
    )  # fmt: skip
    return contract, account


def end(day: date) -> None:
    cursor = ""
    while cursor := collecting.collect_due(day, cursor).cursor:
        pass


def test_an_instalment_is_collected_once_on_its_due_date():
    contract, account = loan(25_000)
    end(FIRST - timedelta(days=1))
    assert balance(account) == 25_000
    end(FIRST)
    end(FIRST)
    end(FIRST + timedelta(days=1))
    found = queries.contract(contract)
    assert (balance(account), found.outstanding_minor, found.status) == (15_000, 20_000, "running")
    assert queries.collected_on(FIRST) == {
        "lending.collected": 1,
        "lending.collected_minor": 10_000,
        "lending.missed": 0,
    }


def test_the_last_one_settles_the_contract():
    contract, account = loan(30_000)
    for month in (9, 10, 11):
        end(date(2026, month, 15))
    found = queries.contract(contract)
    assert (balance(account), found.outstanding_minor, found.status) == (0, 0, "settled")


def test_a_missed_one_puts_the_contract_in_arrears_after_the_days_of_grace():
    contract, account = loan(9_999)
    for offset, status in enumerate(["running", "running", "running", "in_arrears"]):
        end(FIRST + timedelta(days=offset))
        assert queries.contract(contract).status == status
    row = Collection.objects.get()
    assert (row.state, row.attempts, row.reason) == ("missed", 4, "insufficient_funds")
    assert balance(account) == 9_999
    # what is in arrears is the collection desk's
    end(date(2026, 10, 15))
    assert Collection.objects.count() == 1


def test_interest_and_principal_are_taken_both_or_neither():
    contract, account = loan(10_049)
    ScheduleLine.objects.filter(contract_id=contract).update(interest_minor=50)
    end(FIRST)
    assert (balance(account), Collection.objects.get().state) == (10_049, "waiting")
    cash = internal_account("cash")
    post_one(TransferRequest(uuid7(), cash, account, 1, "deposit", FIRST))
    before = balance(internal_account("interest.income"))
    end(FIRST + timedelta(days=1))
    assert (balance(account), Collection.objects.get().state) == (0, "paid")
    assert balance(internal_account("interest.income")) - before == 50
    assert queries.contract(contract).outstanding_minor == 20_000


def test_the_borrower_sees_one_payment_and_the_interest_counts_as_paid():
    contract, account = loan(25_000)
    ScheduleLine.objects.filter(contract_id=contract).update(interest_minor=50)
    end(FIRST)
    newest = entries(account)[0]
    assert (newest.kind, newest.change_minor) == ("loan_instalment", -10_050)
    first, second = queries.schedule(contract)[:2]
    assert (first.amount_minor, first.paid_minor) == (10_050, 10_050)
    assert second.paid_minor == 0
    assert queries.contract(contract).outstanding_minor == 20_000
