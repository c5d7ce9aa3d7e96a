"""The clearing account is the sum of what open orders hold, whatever engines say."""

from __future__ import annotations

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.market.builders import DAY, account_of, buyer, person
from tests.market.test_supplier_engine import CODE, put_on_the_shelf

from liti.core import engines
from liti.core.clock import now, set_business_date
from liti.core.engines import Answer, Outcome, Quote
from liti.core.errors import Conflict, Refused
from liti.core.ids import uuid7
from liti.ledger.queries import balance, internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.market import funding, queries, services
from liti.market.models import Order
from liti.market.ports import clearing_holds_what_orders_hold

ACCOUNT = "supplier.settlement"
MONEY = 1_000_000


class Scripted:
    """An engine over the wire that says what the test wants next."""

    code = "test.supplier"
    over_the_wire = True
    asks_at_once = 1

    def __init__(self) -> None:
        self.next = Answer(Outcome.NO_ANSWER)

    def check_terms(self, terms) -> None:
        pass

    def quote(self, order) -> Quote:
        return Quote(order.amount_minor)

    def place(self, order) -> Answer:
        return self.next

    def cancel(self, order) -> Answer:
        return self.next

    def status(self, orders, on):
        return [self.next]

    def settle(self, orders, on):
        return [self.next]

    def settlement_account(self, terms) -> UUID:
        return internal_account(ACCOUNT)

    def held(self, terms) -> int:
        return 0


ANSWERS = st.builds(
    Answer,
    outcome=st.sampled_from(list(Outcome)),
    filled_minor=st.integers(0, 60_000),
    final=st.booleans(),
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("buy"), st.integers(100, 50_000)),
        st.tuples(st.just("sell"), st.integers(100, 50_000)),
        st.tuples(st.just("round"), ANSWERS),
        st.tuples(st.just("hear"), st.tuples(st.integers(0, 5), ANSWERS)),
        st.tuples(st.just("cancel"), st.integers(0, 5)),
    ),
    max_size=25,
)


class AnyLife(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(ACTS)
    def test_no_fen_is_lost_and_clearing_agrees(self, acts):
        set_business_date(DAY)
        engine = Scripted()
        engines.register(engine)
        engines._engines[engine.code] = engine
        open_accounts([NewAccount(internal_account(ACCOUNT), ACCOUNT, "2241", floor_minor=None)])
        put_on_the_shelf()
        party, account = buyer(MONEY)
        orders: list[UUID] = []
        for act, what in acts:
            self.do(act, what, engine, party, account, orders)
            clearing = balance(funding.clearing_account())
            assert clearing == funding.held_minor()
            assert balance(account) + clearing + balance(internal_account(ACCOUNT)) == MONEY
        for order_id in orders:
            order = queries.order(order_id)
            if order.status in ("refused", "cancelled", "in_position"):
                assert Order.objects.get(id=order_id).held_minor == 0
        engines.withdraw(engine.code)

    def do(self, act, what, engine, party, account, orders) -> None:
        try:
            if act in ("buy", "sell"):
                command = services.place_order if act == "buy" else services.sell_order
                key = str(uuid7())
                orders.append(command(party, CODE, account, what, channel="mobile", key=key).id)
            elif act == "round":
                engine.next = what
                Order.objects.filter(look_at__isnull=False).update(look_at=now())
                services.advance_orders(limit=10)
            elif orders and act == "cancel":
                services.cancel_order(orders[what % len(orders)], "")
            elif orders:
                services.record_outcome(orders[what[0] % len(orders)], what[1])
        except (Conflict, Refused):
            pass  # said no, and the books below show that nothing was half-done


@pytest.mark.django_db
def test_the_check_names_a_clearing_account_that_shows_something_else():
    assert clearing_holds_what_orders_hold().findings == ()
    other = account_of(person(), 500)
    post_one(TransferRequest(uuid7(), other, funding.clearing_account(), 100, "test", DAY))
    [finding] = clearing_holds_what_orders_hold().findings
    assert finding == "clearing.orders: shows 1.00"
