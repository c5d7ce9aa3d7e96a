"""Accounts on line: real prefixes, within the limits of their class."""

from __future__ import annotations

import random
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest
from stdnum import luhn

from liti.accounts.bins import issuer_of, prefixes
from liti.accounts.rules import pan_problem
from liti.accounts.services import limits_of
from liti.core.ids import uuid7
from liti.sample.online import Online, online_transfers, pan
from liti.sample.queries import SampleView

pytestmark = pytest.mark.django_db
BANK = SampleView(20260101, 100, 10_185, date(2026, 11, 25), 30)


def test_a_bound_card_has_a_real_prefix_its_length_and_a_right_check_digit():
    known = {p.digits: p for p in prefixes()}
    for n in range(200):
        number = pan(random.Random(n))
        assert pan_problem(number) is None
        assert luhn.is_valid(number)
        assert issuer_of(number).endswith("银行")
        fitting = [known[number[:k]] for k in range(3, 11) if number[:k] in known]
        assert any((p.card_type, p.length) == ("DC", len(number)) for p in fitting)


@pytest.mark.parametrize("kind", ["II", "III"])
def test_movements_stay_within_the_limits_of_the_class(kind):
    opened = BANK.closed_from - timedelta(days=600)
    found = [Online(uuid7(), uuid7(), kind, opened) for _ in range(60)]
    ids = {a.id for a in found}
    limits = limits_of(kind)
    balances, out = defaultdict(int), defaultdict(int)
    last = date.min
    for t in online_transfers(BANK, found, BANK.closed_from, Decimal("0.004")):
        assert t.booked_on >= last
        last = t.booked_on
        account = t.debit_account_id if t.debit_account_id in ids else t.credit_account_id
        balances[account] += t.amount_minor * (1 if account == t.credit_account_id else -1)
        assert balances[account] >= 0
        if limits.balance_max_minor is not None:
            assert balances[account] <= limits.balance_max_minor
        if t.kind == "online_payment":
            out[account, t.booked_on] += t.amount_minor
        elif account == t.credit_account_id:
            assert t.kind in ("top_up", "interest")  # from the bound card, or the bank's own
    assert max(out.values()) <= limits.unbound_out_per_day_minor
    assert len(balances) == 60
