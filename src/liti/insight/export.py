"""History out of PostgreSQL into Parquet, a month a file, rewritten only when it changed.

The books are append-only: a month whose file holds as many entries as the books is the
same month. That covers late bookings and broken runs without any state of our own.
"""

from __future__ import annotations

import io
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from django.db import connection, transaction
from psycopg import sql

from liti.core.entrance import FIRST_DAY, LAST_DAY
from liti.core.sql import name, text
from liti.insight import freshness
from liti.insight.engine import data_dir, duckdb_connection
from liti.insight.sources import Sources

log = logging.getLogger(__name__)

Progress = Callable[[int], None]
BLOCK_BYTES = 4 * 2**20

ENTRIES = pa.schema(
    [
        ("account_id", pa.string()),
        ("seq", pa.int64()),
        ("booked_on", pa.date32()),
        ("day", pa.int32()),
        ("month", pa.int32()),
        ("change_minor", pa.int64()),
        ("balance_after_minor", pa.int64()),
        ("kind", pa.string()),
        ("origin", pa.string()),
        ("counter_code", pa.string()),
    ]
)
ACCOUNTS = pa.schema(
    [
        ("account_id", pa.string()),
        ("party_id", pa.string()),
        ("account_class", pa.string()),
        ("opened_day", pa.int32()),
        ("status", pa.string()),
    ]
)
HOLDINGS = pa.schema(
    [
        ("party_id", pa.string()),
        ("category", pa.string()),
        ("product_code", pa.string()),
        ("opened_day", pa.int32()),
        ("amount_minor", pa.int64()),
    ]
)
ROLES = pa.schema(
    [
        ("party_id", pa.string()),
        ("account_id", pa.string()),
        ("role", pa.string()),
        ("opened_day", pa.int32()),
    ]
)
PARTIES = pa.schema([("party_id", pa.string())])

# Days count from 1970-01-01 and months from year 0, so that windows are whole-number
# arithmetic, the same on every engine.
_ENTRIES_SQL = sql.SQL("""
SELECT account_id::text, seq, booked_on, booked_on - DATE '1970-01-01' AS day,
       (extract(year FROM booked_on) * 12 + extract(month FROM booked_on) - 1)::int AS month,
       change_minor, balance_after_minor, kind, origin, coalesce(counter_code, '') AS counter_code
FROM {relation}
WHERE gl_code = %(gl_code)s AND booked_on >= %(first)s AND booked_on < %(end)s""")
_ACCOUNTS_SQL = sql.SQL("""
SELECT account_id::text, party_id::text, account_class,
       opened_on - DATE '1970-01-01' AS opened_day, status
FROM {relation}""")
_HOLDINGS_SQL = sql.SQL("""
SELECT party_id::text, category, product_code, opened_on - DATE '1970-01-01' AS opened_day,
       amount_minor
FROM {relation}""")
_ROLES_SQL = sql.SQL("""
SELECT party_id::text, account_id::text, role, opened_on - DATE '1970-01-01' AS opened_day
FROM {relation}""")
_PARTS_SQL = """
SELECT *, strftime(booked_on, '%Y-%m-01') AS part FROM incoming ORDER BY month, account_id, seq
"""
_PARTIES_SQL = sql.SQL("SELECT party_id::text FROM {relation}")
_MONTHS_SQL = sql.SQL("""
SELECT month, entries FROM {relation}
WHERE gl_code = %s AND month BETWEEN %s AND %s ORDER BY month""")
_ODD_MONTHS_SQL = sql.SQL("""
SELECT coalesce(sum(entries), 0) FROM {relation}
WHERE gl_code = %s AND NOT (month BETWEEN %s AND %s)""")


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """What an export did."""

    months: int
    months_written: int
    entries_written: int
    accounts: int
    holdings: int
    parties: int
    roles: int


class _CopyStream(io.RawIOBase):
    """The bytes of a running COPY as a file, so that they are never all in memory."""

    def __init__(self, copy: Any) -> None:
        self._blocks = iter(copy)
        self._rest = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        while not self._rest:
            block = next(self._blocks, None)
            if block is None:
                return 0
            self._rest = bytes(block)
        taken = min(len(buffer), len(self._rest))
        buffer[:taken] = self._rest[:taken]
        self._rest = self._rest[taken:]
        return taken


@contextmanager
def read_rows(
    select: sql.Composable, schema: pa.Schema, arguments: Mapping[str, Any] | None = None
) -> Iterator[pa.RecordBatchReader]:
    """Rows of a SELECT as a stream of Arrow batches, in the transaction of the caller.

    COPY over Django's own connection: the export sees one snapshot, and needs no second
    set of connection details.
    """
    statement = text(sql.SQL("COPY ({}) TO STDOUT (FORMAT csv)").format(select))
    with connection.cursor() as cursor, cursor.copy(statement, arguments) as copy:
        source = io.BufferedReader(_CopyStream(copy), BLOCK_BYTES)
        try:
            yield pacsv.open_csv(
                source,
                read_options=pacsv.ReadOptions(column_names=schema.names, block_size=BLOCK_BYTES),
                convert_options=pacsv.ConvertOptions(
                    column_types=schema, strings_can_be_null=False, null_values=[""]
                ),
            )
        except pa.ArrowInvalid as error:
            if "Empty CSV file" not in str(error):
                raise
            yield pa.RecordBatchReader.from_batches(schema, [])


def export(
    sources: Sources, progress: Progress | None = None, *, day: date | None = None
) -> ExportCounts:
    """Bring the Parquet files up to date with the books; one export at a time.

    With `day` its month is written first; where the files hold as many entries as the books
    then, no other month has changed and none is looked at.
    """
    with transaction.atomic():
        freshness.wait_alone()
        counts = _export(sources, progress, day)
        freshness.note(sources)
        return counts


def _export(sources: Sources, progress: Progress | None, day: date | None) -> ExportCounts:
    folder = data_dir()
    folder.mkdir(parents=True, exist_ok=True)
    if day is not None and sources.entry_total is not None:
        months = [date.fromisoformat(p.name[5:]) for p in (folder / "entries").glob("part=*")]
        month = day.replace(day=1)
        if month in months:
            written = _write_months(sources, [month], progress)
            if sources.entry_total() == sum(max(0, _rows_on_file(m)) for m in months):
                return ExportCounts(len(months), 1, written, *_write_tables(sources))
    in_books = _months_in_books(sources)
    stale = [month for month, count in in_books.items() if _rows_on_file(month) != count]
    written = _write_months(sources, stale, progress) if stale else 0
    for path in (folder / "entries").glob("part=*"):
        if date.fromisoformat(path.name.removeprefix("part=")) not in in_books:
            shutil.rmtree(path)
    if not in_books:
        _write_no_entries()
    return ExportCounts(len(in_books), len(stale), written, *_write_tables(sources))


def _write_tables(sources: Sources) -> tuple[int, int, int, int]:
    return (
        _write_table("accounts", ACCOUNTS, _ACCOUNTS_SQL, [sources.accounts]),
        _write_table("holdings", HOLDINGS, _HOLDINGS_SQL, sources.holdings),
        _write_table("parties", PARTIES, _PARTIES_SQL, sources.parties),
        _write_table("roles", ROLES, _ROLES_SQL, sources.roles),
    )


def is_there() -> bool:
    """Whether there is any exported history, with all tables that are read today."""
    return (data_dir() / "roles.parquet").is_file()


def month_file(month: date) -> Path:
    """Where a month's entries are."""
    return data_dir() / "entries" / f"part={month.isoformat()}" / "entries.parquet"


def _months_in_books(sources: Sources) -> dict[date, int]:
    """Months with their entries. Books of before the ledger bound its days may hold others
    outside the calendar: those are left out with a warning, and stop no export."""
    relation = name(sources.entry_months)
    arguments: tuple[str | date, ...] = (sources.gl_code, FIRST_DAY, LAST_DAY)
    with connection.cursor() as cursor:
        cursor.execute(text(_ODD_MONTHS_SQL.format(relation=relation)), arguments)
        if odd := int(cursor.fetchone()[0]):
            log.warning("%d entries are booked outside the calendar and left out", odd)
        cursor.execute(text(_MONTHS_SQL.format(relation=relation)), arguments)
        return {month: int(count) for month, count in cursor.fetchall()}


def _rows_on_file(month: date) -> int:
    file = month_file(month)
    return int(pq.read_metadata(file).num_rows) if file.is_file() else -1


def _write_months(sources: Sources, months: Sequence[date], progress: Progress | None) -> int:
    """Read each run of neighbouring months once, split by DuckDB, put into place one by one."""
    staging = data_dir() / "staging"
    query = _ENTRIES_SQL.format(relation=name(sources.entries))
    written = 0
    for first, last in _runs(months):
        shutil.rmtree(staging, ignore_errors=True)
        span = {"gl_code": sources.gl_code, "first": first, "end": _next_month(last)}
        with read_rows(query, ENTRIES, span) as reader, duckdb_connection() as duck:
            raw = duck.con
            raw.register("incoming", reader)
            raw.sql(_PARTS_SQL).to_parquet(
                str(staging),
                compression="zstd",
                partition_by=["part"],
                filename_pattern="entries",
            )
        for part in sorted(staging.glob("part=*")):
            month = date.fromisoformat(part.name.removeprefix("part="))
            written += _put_in_place(sorted(part.glob("*.parquet")), month_file(month))
            if progress:
                progress(1)
    shutil.rmtree(staging, ignore_errors=True)
    return written


def _put_in_place(pieces: Sequence[Path], target: Path) -> int:
    """One atomic rename a month: a reader sees the old month or the new one, never half."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if len(pieces) == 1:
        os.replace(pieces[0], target)
    else:
        merged = target.with_suffix(".new")
        with pq.ParquetWriter(merged, ENTRIES, compression="zstd") as writer:
            for piece in pieces:
                for batch in pq.ParquetFile(piece).iter_batches(columns=ENTRIES.names):
                    writer.write_batch(batch.cast(ENTRIES))
        os.replace(merged, target)
    return int(pq.read_metadata(target).num_rows)


def _write_no_entries() -> None:
    """A bank without entries has one empty file, so that engines find the columns."""
    target = month_file(date(1970, 1, 1))
    target.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(ENTRIES.empty_table(), target)


def _write_table(table: str, schema: pa.Schema, form: sql.SQL, relations: Sequence[str]) -> int:
    """One small file, rewritten whole; the rows of all relations in the form of the schema."""
    target = data_dir() / f"{table}.parquet"
    new = target.with_suffix(".new")
    rows = 0
    with pq.ParquetWriter(new, schema, compression="zstd") as writer:
        for relation in relations:
            with read_rows(form.format(relation=name(relation)), schema) as reader:
                for batch in reader:
                    writer.write_batch(batch)
                    rows += batch.num_rows
    os.replace(new, target)
    return rows


def _runs(months: Sequence[date]) -> list[tuple[date, date]]:
    """Neighbouring months as (first, last)."""
    runs: list[tuple[date, date]] = []
    for month in sorted(months):
        if runs and _next_month(runs[-1][1]) == month:
            runs[-1] = (runs[-1][0], month)
        else:
            runs.append((month, month))
    return runs


def _next_month(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
