"""Killed anywhere and closed again, a day ends as if nothing had happened."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date, timedelta

import pytest
from tests.day.killed import DAYS, Bank, differences, moments
from tests.servers import take_away

CUSTOMERS = 60


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[Bank]:
    """The small bank whose days have not been closed yet."""
    bank = Bank(tmp_path_factory.mktemp("day"), "liti")
    bank.make(CUSTOMERS)
    yield bank
    take_away(bank.folder)


def last_day(bank: Bank) -> date:
    return bank.current() + timedelta(days=DAYS - 1)


def disturbed_equals_undisturbed(made: Bank, kills: int) -> None:
    through = last_day(made)
    quiet = made.copy(f"quiet{kills}")
    began = time.monotonic()
    quiet.close(through)
    longest = time.monotonic() - began

    disturbed = made.copy(f"killed{kills}")
    killed = 0
    for seconds in moments(kills, kills, longest / 2):
        if disturbed.current() <= through:
            killed += disturbed.kill_after(through, seconds)
    if disturbed.current() <= through:
        disturbed.close(through)

    assert killed >= min(kills, 3)
    assert differences(quiet.state(), disturbed.state()) == {}
    [(twice,)] = disturbed.sql(
        "SELECT count(*) FROM (SELECT debit_account_id, credit_account_id, kind, booked_on"
        " FROM ledger_transfer_v WHERE kind IN ('interest', 'statement_fee')"
        " AND origin = 'live' GROUP BY 1, 2, 3, 4 HAVING count(*) > 1) t"
    )
    assert twice == 0


def test_killed_three_times_it_ends_the_same(made):
    disturbed_equals_undisturbed(made, 3)


@pytest.mark.slow
def test_killed_at_twenty_moments_it_ends_the_same(made):
    disturbed_equals_undisturbed(made, 20)


def test_of_two_commands_at_once_one_closes_and_the_other_says_so(made):
    through = last_day(made)
    bank = made.copy("two")
    both = [bank.start("day", "close", "--through", through.isoformat()) for _n in range(2)]
    said = [running.communicate(timeout=600)[0] for running in both]
    codes = sorted(running.returncode for running in both)
    assert codes == [0, 1], said
    assert sum("day.already_closing" in text for text in said) == 1
    assert bank.sql("SELECT count(*), max(attempts) FROM day_day WHERE state = 'closed'")[0][1] == 1
