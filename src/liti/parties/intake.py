"""Taking a department's file in: validated row by row, written as a set, repeatable."""

from __future__ import annotations

import csv
import json
import unicodedata
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core.authority import command
from liti.core.bulk import copy_rows
from liti.core.clock import local_date, now
from liti.core.context import current_actor
from liti.core.errors import NotFound
from liti.core.ids import uuid7
from liti.core.roles import roles
from liti.core.sql import names as columns
from liti.core.sql import text
from liti.parties import age
from liti.parties.files import read_table
from liti.parties.mapping import Finding, Mapper, Standardised, joined
from liti.parties.models import ImportRun, Source
from liti.parties.rules import names

Progress = Callable[..., None]
_IDENTITY = (
    "name", "name_simplified", "name_pinyin", "id_number", "uscc", "mobile", "email",
    "birth_date", "sex", "address", "region_code",
)  # fmt: skip
_MORE = ("id_number_claimed", "employer_uscc", "legal_representative_id", "rm_code", "rm_since")
_DATES = {"birth_date", "rm_since"}
COLUMNS = (
    "id", "source_id", "source_key", "kind", "raw", *_IDENTITY, *_MORE, "consents",
    "content_hash", "first_seen", "last_seen",
)  # fmt: skip
REJECT_CELL_CHARS = 200
_REJECT_HEADINGS = ("row", "source_key", "column", "problem", "remedy", "row_rejected", "value")


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What became of a file's rows; `rejects_path` is None where nothing was wrong.

    `findings` counts what was wrong by the verdict's code; `left_out` names what of the file
    was not read at all (other sheets of a workbook).
    """

    source: str
    rows_read: int
    accepted: int
    unchanged: int
    rejected: int
    warned: int
    rejects_path: Path | None
    findings: dict[str, int] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()


class Rejects:
    """The file of rows that were refused or have a wrong cell; made when the first comes.

    A spreadsheet must not run what a stranger wrote: a cell that begins like a formula, also
    after blanks or in full width, gets an apostrophe (OWASP CSV injection).
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lines: list[tuple[str, ...]] = []

    def add(self, number: int, key: str, row: dict[str, str], findings: list[Finding]) -> None:
        for f in findings:
            cells = (
                str(number),
                key,
                f.column,
                f.problem,
                f.remedy,
                "yes" if f.fatal else "no",
                row.get(f.column, ""),
            )
            self.lines.append(tuple(_harmless(c) for c in cells))

    def write(self) -> Path | None:
        if not self.lines:
            return None
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with self.path.open("w", encoding="utf-8-sig", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(_REJECT_HEADINGS)
            writer.writerows(self.lines)
        self.path.chmod(0o600)
        return self.path


def _harmless(cell: str) -> str:
    cell = names.visible(cell)
    cell = cell if len(cell) <= REJECT_CELL_CHARS else cell[:REJECT_CELL_CHARS] + "…"
    begins = unicodedata.normalize("NFKC", cell.lstrip()[:1])[:1]
    return "'" + cell if begins and begins in "=+-@|%" else cell


@command(staff=roles("data_steward"), system=("demo",))
def import_source(
    source_code: str,
    path: str | Path,
    *,
    dry_run: bool = False,
    of: date | None = None,
    accept_old: bool = False,
    progress: Progress | None = None,
) -> ImportReport:
    """Import a CSV, Excel or Parquet file of a source; the same file twice changes nothing.

    Good rows are kept, bad ones go with their reason to the rejects file under
    `rejects/` of the data directory. A wrong ID number or mobile leaves the row in, without
    that value, and is listed too: a steward wants the customer, and the fault. Raises
    InvalidInput (nothing imported) for a file that can't be read or lacks a column, NotFound for
    an unknown source, and Refused for a file of an older day than was read before or than the
    bank allows, unless `accept_old`. The day is `of`, else the one in the file's name.
    """
    source = Source.objects.filter(code=source_code).first()
    if source is None:
        known = ", ".join(Source.objects.order_by("code").values_list("code", flat=True))
        raise NotFound(
            "parties.source.unknown",
            _("There is no source %(code)s.") % {"code": source_code},
            remedy=_("Known sources: %(known)s.") % {"known": known},
        )
    path = Path(path)
    of = of or age.day_in(path.name)
    if not accept_old:
        age.require_fresh(source.code, path.name, of)
    run_id = uuid7()
    table = read_table(path)
    mapper = Mapper(source.mapping, table.columns, path.name, local_date())
    rejects = Rejects(
        Path(settings.LITI_DATA_DIR) / "rejects" / f"{source.code}-{run_id.hex[-12:]}.csv"
    )
    records: dict[str, Standardised] = {}
    read = rejected = warned = 0
    counts: Counter[str] = Counter()
    for row in table.rows:
        read += 1
        record, findings = mapper.standardise(row)
        if record is not None and record.source_key in records:
            findings = [*findings, *joined(records[record.source_key], record, mapper.key)]
            record = None
        if findings:
            counts.update(f.code for f in findings)
            rejects.add(row.number, row.cells.get(mapper.key, "")[:60], row.cells, findings)
        if record is None:
            rejected += 1
        else:
            warned += bool(findings)
            records[record.source_key] = record
        if progress and read % 500 == 0:
            progress(500)
    accepted = len(records)
    rows = [*records.values(), *_employers(records.values())]
    rejects_path = None if dry_run else rejects.write()
    unchanged = 0
    if not dry_run:
        with transaction.atomic():
            unchanged = upsert(source.code, rows, of_persons=set(records))
            ImportRun.objects.create(
                id=run_id,
                source=source,
                file_name=path.name[:200],
                of=of,
                actor=current_actor().doer[:100],
                rows_read=read,
                accepted=accepted,
                unchanged=unchanged,
                rejected=rejected,
                warned=warned,
                rejects_name=rejects_path.name if rejects_path else "",
                findings=dict(counts),
                left_out=list(table.left_out),
            )
    return ImportReport(
        source.code, read, accepted, unchanged, rejected, warned, rejects_path, dict(counts),
        table.left_out,
    )  # fmt: skip


def _employers(records: Any) -> list[Standardised]:
    """A payroll file names enterprises as well: one record each, by their credit code."""
    found: dict[str, Standardised] = {}
    for record in records:
        code = record.values.get("employer_uscc")
        if code and code not in found:
            name = record.employer_name or code
            found[code] = Standardised(
                source_key=f"org:{code}",
                kind="organisation",
                values={
                    "name": name,
                    "name_simplified": name,
                    "uscc": code,
                    "region_code": code[2:8],
                    "legal_representative_id": record.values.get("legal_representative_id", ""),
                },
                raw={"employer_name": name, "employer_uscc": code},
            )
    for record in records:
        if record.kind != "organisation":
            record.values.pop("legal_representative_id", None)
    return list(found.values())


_CHANGING = [c for c in COLUMNS if c not in ("id", "source_id", "source_key", "first_seen")]
_STAGING = sql.SQL(
    "CREATE TEMP TABLE parties_staging ON COMMIT DROP AS"
    " SELECT {columns} FROM parties_sourcerecord LIMIT 0"
).format(columns=columns(COLUMNS))
_UPSERT = sql.SQL(
    "INSERT INTO parties_sourcerecord ({columns}) SELECT {columns} FROM parties_staging"
    " ON CONFLICT (source_id, source_key) DO UPDATE SET ({changing}) = ROW ({new})"
    " WHERE parties_sourcerecord.content_hash <> EXCLUDED.content_hash"
).format(columns=columns(COLUMNS), changing=columns(_CHANGING), new=columns(_CHANGING, "excluded"))


def upsert(source: str, rows: list[Standardised], *, of_persons: set[str] | None = None) -> int:
    """Write records by COPY and one INSERT ON CONFLICT; returns how many were unchanged.

    `of_persons` limits the count of unchanged to these keys (derived employers don't count).
    """
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(text(_STAGING))
        copy_rows("parties_staging", COLUMNS, (_cells(source, row, at) for row in rows))
        cursor.execute(
            "SELECT s.source_key FROM parties_staging s JOIN parties_sourcerecord r "
            "ON r.source_id = s.source_id AND r.source_key = s.source_key "
            "AND r.content_hash = s.content_hash"
        )
        same = {key for (key,) in cursor.fetchall()}
        cursor.execute(text(_UPSERT))
        cursor.execute("DROP TABLE parties_staging")
    return len(same if of_persons is None else same & of_persons)


def _cells(source: str, row: Standardised, at: datetime) -> list[Any]:
    def value(name: str) -> str | date | None:
        given = row.values.get(name)
        return given if name in _DATES else (given or "")

    record_id: UUID = uuid7()
    return [
        record_id,
        source,
        row.source_key,
        row.kind,
        json.dumps(row.raw, ensure_ascii=False),
        *[value(n) for n in (*_IDENTITY, *_MORE)],
        json.dumps(row.consents),
        row.content_hash(),
        at,
        at,
    ]
