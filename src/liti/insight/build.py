"""Run the declared expressions on the exported files and bring the results back."""

from __future__ import annotations

import io
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core import params
from liti.core.errors import Refused
from liti.core.sql import name, names, text
from liti.insight.compiled import CHUNK_ROWS, batches, schema_of
from liti.insight.engine import data_dir, duckdb_connection
from liti.insight.export import is_there
from liti.insight.features.months import party_months
from liti.insight.features.registry import Day, kept
from liti.insight.features.wide import Tables, wide
from liti.insight.lately import PARTY_MONTH_COLUMNS, refresh_months
from liti.insight.models import FeatureRow, PartyMonth, StaleParty
from liti.insight.rules import day_number, month_number, month_start

Progress = Callable[[int], None]
FEATURE_COLUMNS = ("party_id", *(f.name for f in kept()))
STEPS = 3


@dataclass(frozen=True, slots=True)
class FeatureCounts:
    """What a build made."""

    as_of: date
    customers: int
    features: int
    party_months: int
    bank_months: int


def the_day(on: date) -> Day:
    """The day with the dated choices in force on it."""
    choices = (
        "bank_made_counters", "salary_kinds", "pension_kinds", "recurring_counters",
        "investment_counters",
    )  # fmt: skip
    return Day(
        day=day_number(on),
        month=month_number(on),
        **{each: tuple(params.get(f"insight.{each}", on=on)) for each in choices},
    )


def exported_tables(engine: Any) -> Tables:
    """The exported tables on any ibis engine. Raises Refused before an export."""
    folder = data_dir()
    if not is_there():
        raise Refused(
            "insight.no_history",
            _("There is no exported history yet."),
            remedy=_("Run `liti insight export` first."),
        )
    small = ("accounts", "holdings", "parties", "roles")
    files = {each: str(folder / f"{each}.parquet") for each in small}
    files["entries"] = str(folder / "entries" / "*" / "*.parquet")
    return Tables(
        **{each: engine.read_parquet(file, table_name=each) for each, file in files.items()}
    )


def build(on: date, progress: Progress | None = None) -> FeatureCounts:
    """Compute features and months of a day; Parquet first, then the look-up tables at once."""
    day = the_day(on)
    report = progress or (lambda _count: None)
    with duckdb_connection() as engine:
        tables = exported_tables(engine)
        file = features_file(on)
        _to_parquet(batches(engine, tables, wide, day, FEATURE_COLUMNS), FEATURE_COLUMNS, file)
        report(1)
        report(1)
        with transaction.atomic(), connection.cursor() as cursor:
            customers = _load_features(cursor, file, on)
            # who was merged after the export is still old
            exported = (data_dir() / "accounts.parquet").stat().st_mtime
            StaleParty.objects.filter(since__lt=datetime.fromtimestamp(exported, UTC)).delete()
            parties = months = 0
            if not FeatureRow.objects.filter(as_of__gt=on).exists():
                # a day computed afterwards must not take the newer months away
                parties, months = refresh_months(cursor, engine, tables, day, _copy_months)
        report(1)
    return FeatureCounts(on, customers, len(FEATURE_COLUMNS) - 1, parties, months)


def build_few(on: date, party_ids: Sequence[UUID]) -> int:
    """Some customers' rows of a day and their months; scores are ranks among everybody's.

    Who was merged into another has no row any more. Returns how many have one.
    """
    day, ids = the_day(on), [str(i) for i in party_ids]
    with duckdb_connection() as engine, transaction.atomic(), connection.cursor() as cursor:
        tables = exported_tables(engine)
        features, mine = wide(tables, day), tables.accounts.party_id.isin(ids)
        cursor.execute(
            "DELETE FROM insight_features WHERE as_of = %s AND party_id = ANY(%s)",
            [on, list(party_ids)],
        )
        as_of = pa.scalar(on, pa.date32())
        found = _batches(features.filter(features.party_id.isin(ids)), FEATURE_COLUMNS)
        dated = (b.append_column("as_of", pa.repeat(as_of, b.num_rows)) for b in found)
        count = _copy(cursor, FeatureRow._meta.db_table, (*FEATURE_COLUMNS, "as_of"), dated)
        cursor.execute(
            "DELETE FROM insight_party_month WHERE party_id = ANY(%s)", [list(party_ids)]
        )
        months = party_months(tables.entries, tables.accounts.filter(mine), day)
        found = _batches(months, PARTY_MONTH_COLUMNS)
        _copy_months(cursor, PartyMonth._meta.db_table, PARTY_MONTH_COLUMNS, found)
    return count


def features_file(on: date) -> Path:
    """Where a day's features are."""
    return data_dir() / "features" / f"on={on.isoformat()}.parquet"


def _load_features(cursor: Any, file: Path, on: date) -> int:
    """Replace the day's rows; keep as many days as the bank wants for look-up."""
    cursor.execute("DELETE FROM insight_features WHERE as_of = %s", [on])
    rows = pq.ParquetFile(file).iter_batches(CHUNK_ROWS, columns=list(FEATURE_COLUMNS))
    as_of = pa.scalar(on, pa.date32())
    dated = (b.append_column("as_of", pa.repeat(as_of, b.num_rows)) for b in rows)
    count = _copy(cursor, FeatureRow._meta.db_table, (*FEATURE_COLUMNS, "as_of"), dated)
    kept_days = int(params.get("insight.features.kept_days", on=on))
    cursor.execute(
        "DELETE FROM insight_features WHERE as_of NOT IN (SELECT DISTINCT as_of"
        " FROM insight_features ORDER BY as_of DESC LIMIT %s) AND as_of <> %s",
        [kept_days, on],
    )
    return count


def _to_parquet(rows: Iterable[pa.RecordBatch], columns: Sequence[str], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    new = target.with_suffix(".new")
    with pq.ParquetWriter(new, schema_of(columns), compression="zstd") as writer:
        for batch in rows:
            writer.write_batch(batch)
    os.replace(new, target)


def _batches(expression: Any, columns: Sequence[str]) -> Iterable[pa.RecordBatch]:
    schema = schema_of(columns)
    for batch in expression.select(*columns).to_pyarrow_batches(chunk_size=CHUNK_ROWS):
        yield pa.RecordBatch.from_arrays(
            [batch[n].cast(schema.field(n).type) for n in columns], schema=schema
        )


def _dated(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
    """The numbered month as its first day."""
    for batch in batches:
        starts = pa.array([month_start(n) for n in batch["month"].to_pylist()], pa.date32())
        yield batch.set_column(batch.schema.get_field_index("month"), "month", starts)


def _copy_months(
    cursor: Any, table: str, columns: Sequence[str], rows: Iterable[pa.RecordBatch]
) -> int:
    return _copy(cursor, table, columns, _dated(rows))


def _copy(cursor: Any, table: str, columns: Sequence[str], found: Iterable[pa.RecordBatch]) -> int:
    rows = 0
    statement = sql.SQL("COPY {} ({}) FROM STDIN (FORMAT csv)").format(name(table), names(columns))
    options = pacsv.WriteOptions(include_header=False)
    with cursor.copy(text(statement)) as copy:
        for batch in found:
            lines = io.BytesIO()
            pacsv.write_csv(batch.select(list(columns)), lines, options)
            copy.write(lines.getvalue())
            rows += batch.num_rows
    return rows
