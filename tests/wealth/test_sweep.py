"""The money-market sweep: in, out, a day's income, and the pool that always agrees."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.parties.builders import known_party

from liti.core.clock import set_business_date
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.wealth import queries, rules, services
from liti.wealth.models import FundYield, Income, Movement

MONDAY = date(2026, 11, 23)
TUESDAY = MONDAY + timedelta(days=1)
FUND = services.SWEEP_FUND
pytestmark = pytest.mark.django_db


def account_with(amount_minor: int) -> UUID:
    account_id = uuid7()
    open_accounts([NewAccount(account_id, "a customer", "2011")])
    if amount_minor:
        post_one(
            TransferRequest(
                uuid7(), internal_account("cash"), account_id, amount_minor, "deposit", MONDAY
            )
        )
    return account_id


def pool() -> int:
    return balance(internal_account("wealth.mmf.pool"))


def shares(account_id: UUID) -> int:
    return sum(h.shares_minor for h in queries.holdings_of_account(account_id))


def test_a_subscription_moves_money_into_the_pool_once():
    account, party, order = account_with(100_000), known_party(), uuid7()

    first = services.subscribe(order, account, 60_000, MONDAY, party_id=party)
    again = services.subscribe(order, account, 60_000, MONDAY, party_id=party)

    assert first == again
    assert first.confirmed_on == TUESDAY
    assert (balance(account), pool(), shares(account)) == (40_000, 60_000, 60_000)
    with pytest.raises(Conflict):
        services.subscribe(order, account, 1, MONDAY, party_id=party)
    assert shares(account) == 60_000


def test_what_the_account_does_not_hold_is_not_subscribed():
    account = account_with(100)
    with pytest.raises(Refused) as refusal:
        services.subscribe(uuid7(), account, 101, MONDAY, party_id=known_party())
    assert refusal.value.code == "ledger.insufficient_funds"
    assert (balance(account), pool(), shares(account)) == (100, 0, 0)
    for amount in (0, -5, 1.5):
        with pytest.raises(InvalidInput):
            services.subscribe(uuid7(), account, amount, MONDAY, party_id=known_party())
    with pytest.raises(NotFound):
        services.subscribe(uuid7(), account, 1, MONDAY, party_id=known_party(), fund_code="NONE")


def test_shares_in_transit_wait_for_their_confirmation():
    account, party = account_with(50_000), known_party()
    services.subscribe(uuid7(), account, 50_000, MONDAY, party_id=party)

    with pytest.raises(Refused) as refusal:
        services.redeem(uuid7(), account, 1, MONDAY, party_id=party)
    assert refusal.value.data["available_minor"] == 0

    order = uuid7()
    services.redeem(order, account, 20_000, TUESDAY, party_id=party)
    services.redeem(order, account, 20_000, TUESDAY, party_id=party)
    assert (balance(account), pool(), shares(account)) == (20_000, 30_000, 30_000)


def test_the_limit_of_the_day_is_per_investor_over_all_accounts():
    party, one, two = known_party(), account_with(2_000_000), account_with(2_000_000)
    for account in (one, two):
        services.subscribe(uuid7(), account, 2_000_000, MONDAY, party_id=party)
    services.redeem(uuid7(), one, 700_000, TUESDAY, party_id=party)

    with pytest.raises(Refused) as refusal:
        services.redeem(uuid7(), two, 300_001, TUESDAY, party_id=party)

    assert refusal.value.data["available_minor"] == 300_000
    services.redeem(uuid7(), two, 300_000, TUESDAY, party_id=party)
    services.redeem(uuid7(), two, 1_000_000, TUESDAY + timedelta(days=1), party_id=party)


def test_an_unconfirmed_subscription_can_be_cancelled_and_a_confirmed_one_not():
    account, party, order = account_with(9_000), known_party(), uuid7()
    services.subscribe(order, account, 9_000, MONDAY, party_id=party)
    services.cancel_subscription(order, MONDAY)
    services.cancel_subscription(order, MONDAY)
    assert (balance(account), pool(), shares(account)) == (9_000, 0, 0)

    late = uuid7()
    services.subscribe(late, account, 9_000, MONDAY, party_id=party)
    with pytest.raises(Refused):
        services.cancel_subscription(late, TUESDAY)
    assert pool() == 9_000


def test_a_day_of_income_is_paid_once_on_confirmed_shares():
    account, party = account_with(2_000_000), known_party()
    services.subscribe(uuid7(), account, 1_234_567, MONDAY, party_id=party)
    services.record_yields(FUND, {MONDAY: "0.6543", TUESDAY: "0.6543"})
    set_business_date(TUESDAY)

    assert services.distribute_income(MONDAY).income_minor == 0
    services.subscribe(uuid7(), account, 100_000, TUESDAY, party_id=party)
    report = services.distribute_income(TUESDAY)
    again = services.distribute_income(TUESDAY)

    assert (report.income_minor, report.holdings, report.replayed) == (80, 1, 0)
    assert (again.income_minor, again.replayed) == (80, 1)
    [holding] = queries.holdings_of(party)
    assert holding.shares_minor == 1_334_647 == pool()
    assert (holding.in_transit_minor, holding.redeemable_today_minor) == (100_000, 1_000_000)
    assert (holding.last_income_minor, holding.last_income_on) == (80, TUESDAY)
    [figures] = queries.funds()
    assert figures.agrees
    assert [line.kind for line in queries.movements_of_account(account)] == [
        "income", "subscribe", "subscribe",
    ]  # fmt: skip


def test_a_yield_that_comes_late_is_paid_on_what_was_held_that_day():
    account, party, order = account_with(10_000_000), known_party(), uuid7()
    days = [MONDAY + timedelta(days=n) for n in range(5)]
    services.subscribe(order, account, 5_000_000, MONDAY, party_id=party)  # earns from Tuesday
    services.record_yields(FUND, {days[1]: "0.6000", days[3]: "0.6000"})
    set_business_date(days[3])
    assert services.distribute_due(days[3]).on == days[1]
    assert services.distribute_due(days[3]).on == days[3]
    assert services.distribute_due(days[3]) is None
    assert shares(account) == 5_000_600  # 300 a day

    services.redeem(uuid7(), account, 1_000_000, days[3], party_id=party)
    services.record_yields(FUND, {days[2]: "0.6000"})
    late = services.distribute_due(days[3])

    # held on Wednesday: 5,000,000 and Tuesday's 300, not what was redeemed or earned later
    assert (late.on, late.income_minor) == (days[2], 300)
    [line] = [r for r in queries.movements_of_account(account) if r.on == days[2]]
    assert line.amount_minor == 300
    assert Income.objects.get(on=days[2]).earning_minor == 5_000_300
    assert shares(account) == 4_000_900
    assert services.distribute_due(days[3]) is None
    assert queries.funds()[0].agrees


def test_a_yield_can_be_corrected_until_it_is_paid():
    account, party = account_with(10_000_000), known_party()
    services.subscribe(uuid7(), account, 5_000_000, MONDAY, party_id=party)
    assert services.record_yields(FUND, {TUESDAY: "6.543"}) == 1
    assert services.record_yields(FUND, {TUESDAY: "6.543"}) == 0
    assert services.record_yields(FUND, {TUESDAY: "0.6543"}) == 1
    set_business_date(TUESDAY)
    assert services.distribute_income(TUESDAY).income_minor == 327

    with pytest.raises(Refused) as refusal:
        services.record_yields(FUND, {TUESDAY: "0.7", TUESDAY + timedelta(days=1): "0.6"})
    assert refusal.value.code == "wealth.yield_paid"
    assert list(FundYield.objects.filter(on__gte=TUESDAY).values_list("on")) == [(TUESDAY,)]


def test_what_moved_a_holding_stays_but_for_its_date():
    account, party = account_with(100_000), known_party()
    services.subscribe(uuid7(), account, 100_000, MONDAY, party_id=party)
    Movement.objects.update(confirmed_on=TUESDAY + timedelta(days=1))
    for change in ({"amount_minor": 1}, {"kind": "redeem"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Movement.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        Movement.objects.all().delete()


def test_a_yield_that_is_no_number_is_refused():
    for text in ("much", "NaN", "99999", "-99999", "-0.00001"):
        with pytest.raises(InvalidInput):
            services.record_yields(FUND, {MONDAY: text})


def test_the_vector_of_the_field_guide():
    assert rules.income_of(1_234_567, Decimal("0.6543"), Decimal(0)).income_minor == 80


@given(
    st.integers(0, 10**12),
    st.lists(st.decimals("-9", "9", places=4), min_size=1, max_size=40),
)
def test_nothing_of_the_income_is_lost_by_cutting(shares_minor, yields):
    carried, paid = Decimal(0), 0
    for rate in yields:
        day = rules.income_of(shares_minor, rate, carried)
        carried, paid = day.remainder_minor, paid + day.income_minor
        assert 0 <= carried < 1
    assert paid + carried == sum(shares_minor * y / 10_000 for y in yields)


def test_confirmation_skips_weekends_and_the_make_up_saturday():
    def trading(day: date) -> bool:
        return day.weekday() < 5

    friday = date(2026, 11, 20)
    assert rules.confirmed_on(friday, trading) == MONDAY
    assert rules.confirmed_on(friday + timedelta(days=1), trading) == TUESDAY


class SweepMachine(RuleBasedStateMachine):
    """Any order of buying, selling, cancelling and paying income keeps the pool in step."""

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.day, self.total = MONDAY, 5_000_000
        self.party = known_party()
        self.accounts = [account_with(2_500_000), account_with(2_500_000)]
        self.orders: list[UUID] = []
        self.pool_before, self.income = pool(), 0

    @rule(which=st.integers(0, 1), amount=st.integers(1, 3_000_000))
    def buy(self, which, amount):
        order = uuid7()
        try:
            services.subscribe(order, self.accounts[which], amount, self.day, party_id=self.party)
            self.orders.append(order)
        except Refused as refusal:
            assert refusal.code == "ledger.insufficient_funds"  # noqa: PT017  a step of a machine

    @rule(which=st.integers(0, 1), amount=st.integers(1, 1_200_000))
    def sell(self, which, amount):
        try:
            services.redeem(uuid7(), self.accounts[which], amount, self.day, party_id=self.party)
        except Refused as refusal:
            assert amount > refusal.data["available_minor"]  # noqa: PT017  a step of a machine
        except NotFound:
            assert not shares(self.accounts[which])

    @precondition(lambda self: self.orders)
    @rule(data=st.data())
    def cancel(self, data):
        try:
            services.cancel_subscription(data.draw(st.sampled_from(self.orders)), self.day)
        except Refused as refusal:
            assert refusal.code == "wealth.already_confirmed"  # noqa: PT017  a step of a machine

    @precondition(lambda self: self.day < date(2026, 12, 20))
    @rule(rate=st.decimals("-3", "3", places=4))
    def end_day(self, rate):
        set_business_date(self.day)
        services.record_yields(FUND, {self.day: str(rate)})
        self.income += services.distribute_income(self.day).income_minor
        self.day += timedelta(days=1)

    @invariant()
    def the_pool_is_the_sum_of_holdings(self):
        held = sum(shares(a) for a in self.accounts)
        assert pool() - self.pool_before == held
        assert held + sum(balance(a) for a in self.accounts) == self.total + self.income

    def teardown(self):
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)


def test_any_history_keeps_the_pool_in_step():
    run_state_machine_as_test(
        SweepMachine, settings=settings(max_examples=10, stateful_step_count=15, deadline=None)
    )
