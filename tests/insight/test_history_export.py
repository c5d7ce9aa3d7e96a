"""Export: a month a file, rewritten only when the books hold more of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pyarrow.parquet as pq
import pytest
from tests.insight.builders import SmallBank
from tests.market.builders import DAY, account_of, person

from liti.core.ids import uuid7
from liti.insight import services
from liti.insight.export import month_file
from liti.insight.sources import house_sources
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one

pytestmark = pytest.mark.django_db
OCTOBER, NOVEMBER = date(2026, 10, 1), date(2026, 11, 1)


@pytest.fixture(autouse=True)
def _data_dir(settings, tmp_path):
    settings.LITI_DATA_DIR = tmp_path


def two_months() -> tuple[SmallBank, object]:
    bank = SmallBank()
    account = bank.account(uuid7())
    bank.entry(account, date(2026, 10, 5), 100, "cash_in", "cash")
    bank.entry(account, date(2026, 10, 6), -40, counter_code=None)
    bank.entry(account, date(2026, 11, 2), 7)
    return bank, account


def test_entries_lie_by_month():
    bank, _account = two_months()

    counts = services.export_history(sources=bank.store())

    assert (counts.months, counts.months_written, counts.entries_written) == (2, 2, 3)
    october = pq.read_table(month_file(OCTOBER)).to_pylist()
    assert [(e["seq"], e["change_minor"], e["counter_code"]) for e in october] == [
        (1, 100, "cash"),
        (2, -40, ""),
    ]


def test_only_changed_months_are_written_again():
    bank, account = two_months()
    services.export_history(sources=bank.store())
    october = month_file(OCTOBER).stat().st_mtime_ns

    bank.entry(account, date(2026, 11, 3), 8)
    counts = services.export_history(sources=bank.store())
    again = services.export_history(sources=bank.store())

    assert (counts.months_written, counts.entries_written) == (1, 2)
    assert again.months_written == 0
    assert month_file(OCTOBER).stat().st_mtime_ns == october
    assert pq.read_metadata(month_file(NOVEMBER)).num_rows == 2


def test_a_late_booking_brings_its_month_up_to_date():
    bank, account = two_months()
    services.export_history(sources=bank.store())

    bank.entry(account, date(2026, 10, 31), 5)
    counts = services.export_history(sources=bank.store())

    assert (counts.months_written, counts.entries_written) == (1, 3)


def test_the_house_itself_can_be_read():
    account = account_of(person(), 5_000)
    services.export_history(sources=house_sources())
    post_one(TransferRequest(uuid7(), internal_account("cash"), account, 100, "deposit", DAY))

    counts = services.export_history(sources=house_sources(), day=DAY)

    assert (counts.months_written, counts.entries_written) == (1, 2)


def test_a_days_close_looks_at_its_month_alone_while_the_totals_agree():
    bank = SmallBank()
    account = bank.account(uuid7())
    bank.entry(account, date(2026, 9, 5), 1_000)
    bank.entry(account, date(2026, 11, 5), 1_000)
    services.export_history(sources=bank.store())
    bank.entry(account, date(2026, 11, 6), 1_000)
    sources = replace(bank.store(), entry_total=lambda: 3)

    found = services.export_history(sources=sources, day=date(2026, 11, 6))
    assert (found.months_written, found.entries_written) == (1, 2)

    bank.entry(account, date(2026, 9, 6), 1_000)  # booked late
    sources = replace(bank.store(), entry_total=lambda: 4)
    found = services.export_history(sources=sources, day=date(2026, 11, 6))
    assert found.months_written == 1  # September, found by the comparison of all months
    assert found.entries_written == 2


@pytest.mark.parametrize("odd", [date(9999, 12, 31), date(1, 1, 1), date(1899, 12, 31)])
def test_an_entry_outside_the_calendar_is_left_out_and_stops_no_export(odd, caplog):
    bank = SmallBank()
    account = bank.account(uuid7())
    bank.entry(account, date(2026, 11, 5), 1_000)
    bank.entry(account, odd, 1_000)

    for _again in range(2):
        counts = services.export_history(sources=bank.store())
        assert counts.months == 1

    assert pq.read_metadata(month_file(NOVEMBER)).num_rows == 1
    assert "1 entries are booked outside the calendar" in caplog.text
