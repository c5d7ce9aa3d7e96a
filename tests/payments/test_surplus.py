"""What interest brings above the cap of class III goes back to the bound card."""

from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest
from tests.accounts.builders import account, card

from liti.accounts import services as accounts
from liti.ledger.queries import balance, internal_account
from liti.payments import queries, services
from liti.payments.clearing import Answer
from liti.payments.surplus import return_surplus

pytestmark = pytest.mark.django_db
CAP = 200_000
MONTH_END = date(2026, 11, 30)


class Agreeable:
    def submit(self, instruction):
        return Answer("ACSC", "", instruction.id.hex[:16])

    def query(self, instruction_id: UUID):
        return Answer("ACSC", "", instruction_id.hex[:16])


def test_the_cap_stays_and_the_rest_leaves_for_the_bound_card():
    # Given 2,001.30 on an account of class III, and 2,000.00 on another
    above, full = account(CAP + 130, account_class="III"), account(CAP, account_class="III")
    card(above)
    card(full)

    # When the day ends, twice
    assert return_surplus(MONTH_END, "").done == 1
    assert return_surplus(MONTH_END, "").done == 0

    # Then 1.30 is under way, and settled when the house says so
    assert (balance(above), balance(full)) == (CAP, CAP)
    assert queries.in_flight_minor(above) == 130
    assert services.resolve_undecided(house=Agreeable()) == 1
    [paid] = queries.payments_of(above)
    assert (paid.direction, paid.amount_minor, paid.status) == ("out", 130, "settled")
    assert balance(internal_account("clearing.house")) == -130


@pytest.mark.parametrize("kind", ["I", "II"])
def test_a_class_without_a_cap_keeps_what_it_holds(kind):
    held = account(CAP * 50, account_class=kind)
    card(held)
    assert return_surplus(MONTH_END, "").done == 0
    assert (balance(held), queries.payments_of(held)) == (CAP * 50, [])


def test_without_a_card_or_frozen_the_money_stays():
    bare, frozen = account(CAP + 1, account_class="III"), account(CAP + 1, account_class="III")
    card(frozen)
    accounts.move_account(frozen, "frozen")

    assert return_surplus(MONTH_END, "").done == 0
    assert (balance(bare), balance(frozen)) == (CAP + 1, CAP + 1)
    assert queries.undecided() == []
