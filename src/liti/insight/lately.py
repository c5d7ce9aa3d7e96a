"""Months of customers and of the bank: all of them, or only the one that a day belongs to.

Months that are over do not change from day to day. What they were computed from is kept beside
them; while that is the same, only the running month is computed and put on top.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from typing import Any

import pyarrow.parquet as pq

from liti.insight.compiled import batches
from liti.insight.engine import data_dir
from liti.insight.features.months import bank_months, party_months
from liti.insight.features.registry import Day
from liti.insight.features.wide import Tables
from liti.insight.models import BankMonth, MonthsBasis, PartyMonth
from liti.insight.rules import month_start

PARTY_MONTH_COLUMNS = ("party_id", "month", "in_minor", "out_minor", "end_balance_minor")
BANK_MONTH_COLUMNS = ("month", "customers_active", "in_minor", "out_minor", "assets_minor")
# (cursor, table, columns, batches) → rows: copies the batches into a table
Copy = Callable[[Any, str, tuple[str, ...], Iterable[Any]], int]

_NOW = """
CREATE TEMP TABLE insight_party_now (LIKE insight_party_month) ON COMMIT DROP;
CREATE TEMP TABLE insight_bank_now (LIKE insight_bank_month) ON COMMIT DROP;
"""
_PARTIES = """
DELETE FROM insight_party_month WHERE month = %(month)s;
INSERT INTO insight_party_month (party_id, month, in_minor, out_minor, end_balance_minor)
SELECT n.party_id, n.month, n.in_minor, n.out_minor, n.end_balance_minor + coalesce((
    SELECT p.end_balance_minor FROM insight_party_month p
    WHERE p.party_id = n.party_id AND p.month < n.month ORDER BY p.month DESC LIMIT 1), 0)
FROM insight_party_now n
"""
_BANK = """
DELETE FROM insight_bank_month WHERE month = %(month)s;
INSERT INTO insight_bank_month (month, customers_active, in_minor, out_minor, assets_minor)
SELECT n.month, n.customers_active, n.in_minor, n.out_minor, n.assets_minor + coalesce((
    SELECT b.assets_minor FROM insight_bank_month b
    WHERE b.month < n.month ORDER BY b.month DESC LIMIT 1), 0)
FROM insight_bank_now n
"""


def refresh_months(
    cursor: Any, engine: Any, tables: Tables, day: Day, copy: Copy
) -> tuple[int, int]:
    """Bring both tables up to a day; returns how many rows of each were written."""
    basis = _basis(engine, day)
    kept = MonthsBasis.objects.filter(pk=1).values_list("basis", flat=True).first()
    if kept == basis:
        return _running_month(cursor, engine, tables, day, copy)
    cursor.execute("TRUNCATE insight_party_month, insight_bank_month")
    of_parties = batches(engine, tables, of_each_party, day, PARTY_MONTH_COLUMNS)
    parties = copy(cursor, PartyMonth._meta.db_table, PARTY_MONTH_COLUMNS, of_parties)
    of_bank = batches(engine, tables, of_the_bank, day, BANK_MONTH_COLUMNS)
    months = copy(cursor, BankMonth._meta.db_table, BANK_MONTH_COLUMNS, of_bank)
    MonthsBasis.objects.update_or_create(pk=1, defaults={"basis": basis})
    return parties, months


def of_each_party(tables: Tables, day: Day) -> Any:
    """All months of the customers."""
    return party_months(tables.entries, tables.accounts, day)


def of_the_bank(tables: Tables, day: Day) -> Any:
    """All months of the bank."""
    return bank_months(tables.entries, tables.accounts, day)


def running_of_each_party(tables: Tables, day: Day) -> Any:
    """What the day's month adds to the customers' months."""
    return of_each_party(_this_month(tables, day), day)


def running_of_the_bank(tables: Tables, day: Day) -> Any:
    """What the day's month adds to the bank's months."""
    return of_the_bank(_this_month(tables, day), day)


def _this_month(tables: Tables, day: Day) -> Tables:
    """On the month's entries alone the running sums are what the month adds."""
    return replace(tables, entries=tables.entries.filter(tables.entries.month == day.month))


def _running_month(
    cursor: Any, engine: Any, tables: Tables, day: Day, copy: Copy
) -> tuple[int, int]:
    cursor.execute(_NOW)
    added = batches(engine, tables, running_of_each_party, day, PARTY_MONTH_COLUMNS)
    copy(cursor, "insight_party_now", PARTY_MONTH_COLUMNS, added)
    added = batches(engine, tables, running_of_the_bank, day, BANK_MONTH_COLUMNS)
    copy(cursor, "insight_bank_now", BANK_MONTH_COLUMNS, added)
    month = {"month": month_start(day.month)}
    written = []
    for statement in (_PARTIES, _BANK):
        delete, insert = statement.split(";")
        cursor.execute(delete, month)
        cursor.execute(insert)
        written.append(cursor.rowcount)
    cursor.execute("DROP TABLE insight_party_now, insight_bank_now")
    return written[0], written[1]


def _basis(engine: Any, day: Day) -> dict[str, Any]:
    """What the months before are computed from: entries are append-only, so that as many in
    a month are the same ones; who owns which account; which counters count."""
    before = {
        path.parent.name: int(pq.read_metadata(path).num_rows)
        for path in sorted((data_dir() / "entries").glob("part=*/entries.parquet"))
        if path.parent.name < f"part={month_start(day.month).isoformat()}"
    }
    owners = engine.con.execute(
        "SELECT count(*), bit_xor(hash(account_id, party_id))::text FROM read_parquet(?)",
        [str(data_dir() / "accounts.parquet")],
    ).fetchone()
    choices = {name: value for name, value in asdict(day).items() if name != "day"}
    return {
        "before": before,
        "owners": list(owners),
        **{name: list(v) if isinstance(v, tuple) else v for name, v in choices.items()},
    }
