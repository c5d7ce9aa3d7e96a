"""`liti accounts`, `liti payments`: what staff type, against the real clearing house."""

from __future__ import annotations

import pytest
from click.testing import CliRunner, Result
from tests.accounts.builders import account, card
from tests.payments.conftest import Wire

from liti.accounts import queries
from liti.cli.main import root
from liti.ledger.queries import balance

pytestmark = pytest.mark.django_db


def liti(*arguments: str) -> Result:
    return CliRunner().invoke(root, arguments)


def test_money_goes_in_and_out_by_command(wire: Wire, settings):
    settings.LITI_CLEARING_URL = wire.house.url
    held = account(10_000)
    number = queries.account(held).number

    refused = liti("payments", "withdraw", number, "1")
    assert (refused.exit_code, "payments.no_card" in refused.output) == (1, True)

    card(held)
    paid = liti("payments", "withdraw", number, "40.00", "--key", "k")
    again = liti("payments", "withdraw", number, "40.00", "--key", "k")
    assert paid.exit_code == 0
    assert "settled" in paid.output
    assert again.output == paid.output
    assert liti("payments", "top-up", number, "1.50").exit_code == 0
    assert balance(held) == 6_150
    listed = liti("payments", "list", number).output
    assert (listed.count("settled"), listed.count(" CNY ")) == (2, 2)
    assert "61.50" in liti("accounts", "show", number).output


def test_a_frozen_account_is_named(settings):
    number = queries.account(account(100)).number
    assert "frozen" in liti("accounts", "move", number, "frozen").output
    assert liti("accounts", "move", number, "closed").exit_code == 1
    assert liti("accounts", "show", "no-such").exit_code == 1
