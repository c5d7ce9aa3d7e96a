"""Schedules to the cent, the rate that is shown, and contracts on the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.parties.builders import known_party

from liti.core.errors import InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.lending import queries, rules, services
from liti.lending.rules import (
    Method,
    add_months,
    annual_rates,
    interest_by_day,
    lent_for,
    recorded_schedule,
    schedule,
)

SIGNED = date(2025, 1, 31)
YEAR = (12_000_000, Decimal("0.072"), 12, SIGNED)
pytestmark = pytest.mark.django_db


def test_equal_instalments_as_in_the_domain_book():
    lines = schedule(*YEAR, Method.EQUAL_INSTALMENT)
    assert (lines[0].principal_minor, lines[0].interest_minor) == (967_428, 72_000)
    assert (lines[-1].principal_minor, lines[-1].interest_minor) == (1_033_224, 6_199)
    assert {line.amount_minor for line in lines[:-1]} == {1_039_428}
    assert sum(line.interest_minor for line in lines) == 473_131


def test_equal_principal_as_in_the_domain_book():
    lines = schedule(*YEAR, Method.EQUAL_PRINCIPAL)
    assert (lines[0].amount_minor, lines[-1].amount_minor) == (1_072_000, 1_006_000)
    assert sum(line.interest_minor for line in lines) == 468_000


@pytest.mark.parametrize("method", [Method.INTEREST_FIRST, Method.BULLET])
def test_the_principal_comes_back_at_the_end(method):
    lines = schedule(*YEAR, method)
    assert [line.principal_minor for line in lines] == [0] * 11 + [12_000_000]
    assert sum(line.interest_minor for line in lines) == 864_000
    monthly = 72_000 if method is Method.INTEREST_FIRST else 0
    assert {line.interest_minor for line in lines[:-1]} == {monthly}


def test_interest_by_day():
    assert interest_by_day(1_000_000, Decimal("0.072"), 17) == 3_400


def test_the_rate_shown_counts_the_fee_on_money_already_paid_back():
    simple, compound = annual_rates(1_200_000, [107_200] * 12)
    assert (round(simple, 4), round(compound, 4)) == (Decimal("0.1303"), Decimal("0.1384"))
    assert annual_rates(1_200, [100] * 12) == (0, 0)
    assert annual_rates(1_200, [90] * 12)[0] < 0


def test_a_rate_above_a_hundred_percent_a_month_is_not_cut():
    assert annual_rates(100_000, [300_000])[0] == 24
    assert annual_rates(100_000, [1])[0] == Decimal("-11.99988")


@pytest.mark.parametrize("payments", [[], [0, 0], [10, -5], [10**18]])
def test_where_no_rate_is_right_none_is_shown(payments):
    with pytest.raises(InvalidInput, match="No rate"):
        annual_rates(100_000, payments)


def test_a_month_that_is_too_short_pays_on_its_last_day():
    days = [line.due_on for line in schedule(*YEAR, Method.EQUAL_INSTALMENT)]
    assert days[:3] == [date(2025, 2, 28), date(2025, 3, 31), date(2025, 4, 30)]
    assert add_months(date(2023, 12, 31), 2) == date(2024, 2, 29)


@given(
    principal=st.integers(1, 10**11),
    rate=st.decimals(0, Decimal("0.36"), places=4),
    months=st.integers(1, 360),
    method=st.sampled_from(Method),
)
def test_every_schedule_pays_back_the_principal_exactly(principal, rate, months, method):
    lines = schedule(principal, rate, months, SIGNED, method)
    assert len(lines) == months
    assert sum(line.principal_minor for line in lines) == principal
    assert all(line.interest_minor >= 0 for line in lines)
    assert [line.due_on for line in lines] == sorted({line.due_on for line in lines})


def contract(**fields: object) -> services.NewContract:
    made = services.NewContract(
        uuid7(), f"L{uuid7().int % 10**9}", uuid7(), known_party(), 9_639_600, 803_300, 12, SIGNED
    )
    return replace(made, **fields)


def repay(loan: UUID, amount_minor: int) -> None:
    cash = internal_account("cash")
    post_one(TransferRequest(uuid7(), cash, loan, amount_minor, "instalment", SIGNED))


def test_a_contract_on_file_is_owed_in_the_ledger_once():
    one = contract()
    clearing = balance(internal_account("clearing.interbank"))

    assert services.open_contracts([one]) == 1
    assert services.open_contracts([one]) == 0

    found = queries.contract(one.id)
    assert found.outstanding_minor == 9_639_600
    assert queries.find(one.number) == found
    assert abs(balance(internal_account("clearing.interbank")) - clearing) == 9_639_600
    assert [c.id for c in queries.contracts_of(one.party_id)] == [one.id]
    assert queries.annual_rates(one.id) == (0, 0)


def test_repayments_count_against_the_oldest_instalment():
    one = contract()
    services.open_contracts([one])
    repay(queries.contract(one.id).loan_account_id, 803_300 + 100)

    lines = queries.schedule(one.id)

    assert {line.amount_minor for line in lines} == {803_300}
    assert [line.paid_minor for line in lines[:3]] == [803_300, 100, 0]
    assert queries.contract(one.id).outstanding_minor == 9_639_600 - 803_400


def test_an_instalment_belongs_to_the_latest_loan_of_its_account():
    first = contract()
    second = contract(account_id=first.account_id, signed_on=date(2026, 1, 5))
    services.open_contracts([second, first])
    loans = [queries.contract(c.id).loan_account_id for c in (first, second)]

    assert queries.loan_account(first.account_id, date(2025, 1, 30)) is None
    assert queries.loan_account(first.account_id, SIGNED) == loans[0]
    assert queries.loan_account(first.account_id, date(2026, 1, 5)) == loans[1]
    assert [k.loan_account_id for k in queries.loan_accounts()[first.account_id]] == loans


@pytest.mark.parametrize(
    "fields",
    [
        {"instalment_minor": 803_299},
        {"principal_minor": 0, "instalment_minor": 0},
        {"principal_minor": -12, "instalment_minor": -1},
        {"status": "lost"},
    ],
)
def test_a_contract_that_does_not_add_up_is_named_and_none_is_opened(fields):
    good, bad = contract(), contract(**fields)
    with pytest.raises(InvalidInput) as refused:
        services.open_contracts([good, bad])
    assert bad.number in str(refused.value.message)
    with pytest.raises(NotFound):
        queries.contract(good.id)


def test_the_machine_holds_every_status():
    assert set(rules.CONTRACT_STATES.transitions) == set(rules.ContractStatus)


def test_a_quote_shows_the_rates_with_the_schedule():
    found = queries.quote(12_000_000, Decimal("0.072"), 12, "equal_instalment", SIGNED)
    assert (found.lines[0].amount_minor, found.interest_minor) == (1_039_428, 473_131)
    assert (round(found.rate_simple, 4), round(found.rate_compound, 4)) == (
        Decimal("0.0720"),
        Decimal("0.0744"),
    )


@pytest.mark.parametrize(
    "terms",
    [
        (0, Decimal(0), 12, "bullet"),
        (1, Decimal(2), 12, "bullet"),
        (1, Decimal(0), 0, "bullet"),
        (1, Decimal(0), 481, "bullet"),
        (1.5, Decimal(0), 12, "bullet"),
        (1, Decimal(0), 12, "balloon"),
    ],
)
def test_terms_that_are_none_are_refused(terms):
    with pytest.raises(InvalidInput):
        queries.quote(*terms, SIGNED)


@given(
    st.integers(10_000, 5_000_000),
    st.sampled_from([12, 24, 36, 48, 60]),
    st.decimals("0", "0.24", places=4),
)
def test_recorded_instalments_pay_back_what_was_lent_at_the_rate(instalment, months, rate):
    """All instalments are the recorded one; principal and interest are all of it."""
    principal = lent_for(instalment, months, rate)
    lines = recorded_schedule(principal, instalment, months, date(2024, 1, 31), rate)
    assert {line.amount_minor for line in lines} == {instalment}
    assert sum(line.principal_minor for line in lines) == principal
    assert sum(line.interest_minor for line in lines) == instalment * months - principal
    assert all(line.interest_minor >= -months for line in lines)  # the rounding of the last
    assert lent_for(instalment, months, Decimal(0)) == instalment * months


def test_what_is_paid_of_an_instalment_is_principal_and_interest():
    principal = lent_for(10_000, 3, Decimal("0.12"))
    assert principal == 29_410
    lines = recorded_schedule(principal, 10_000, 3, date(2026, 1, 15), Decimal("0.12"))
    assert [line.interest_minor for line in lines] == [294, 197, 99]
