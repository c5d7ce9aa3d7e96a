"""Reading a department's file: CSV in any usual encoding, Excel, Parquet; cells as text."""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.lib
import pyarrow.parquet
from django.utils.translation import gettext as _
from openpyxl.utils.exceptions import InvalidFileException

from liti.core.errors import InvalidInput

FILE_BYTES_MAX = 2 * 1024**3
# Above what the csv module allows by itself, so that a giant cell rejects its row, not the file.
CELL_CHARS_READ_MAX = 64 * 1024 * 1024
_READ_ROWS = 5_000


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headings, and its rows with their number in the file (the heading is row 1)."""

    columns: tuple[str, ...]
    rows: Iterator[tuple[int, dict[str, str]]]


def read_table(path: Path) -> Table:
    """Open a file by its content. Raises InvalidInput naming the file, what is wrong, a remedy."""
    if not path.is_file():
        raise InvalidInput(
            "parties.file.missing",
            _("%(file)s is not there.") % {"file": path.name},
            remedy=_("Check the path."),
        )
    if path.stat().st_size > FILE_BYTES_MAX:
        raise _unreadable(path, _("it is larger than 2 GiB"))
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise _unreadable(path, _("it is empty"))
    if head[:4] == b"PK\x03\x04":
        return _read_excel(path)
    if head[:4] == b"PAR1":
        return _read_parquet(path)
    return _read_csv(path)


def _unreadable(path: Path, why: str) -> InvalidInput:
    return InvalidInput(
        "parties.file.unreadable",
        _("%(file)s can't be read: %(why)s.") % {"file": path.name, "why": why},
        remedy=_("Deliver it as CSV (UTF-8, GB18030 or UTF-16), Excel (.xlsx) or Parquet."),
        file=path.name,
    )


def _decode(path: Path) -> str:
    data = path.read_bytes()
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    elif b"\x00" in data[:1000]:
        encodings = ["utf-16-le" if data[1:2] == b"\x00" else "utf-16-be"]
    else:
        encodings = ["utf-8-sig", "gb18030"]
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _unreadable(path, _("its text is in no encoding that we know, or it is no text"))


def _read_csv(path: Path) -> Table:
    csv.field_size_limit(CELL_CHARS_READ_MAX)
    text = _decode(path)
    first = text.partition("\n")[0]
    delimiter = max(",;\t|", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    columns = _headings(path, next(reader, []))

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        try:
            for cells in reader:
                if any(cells):
                    yield reader.line_num, _row(columns, cells)
        except csv.Error as error:
            raise _unreadable(path, f"{reader.line_num}: {error}") from error

    return Table(columns, rows())


def _read_excel(path: Path) -> Table:
    try:
        book = openpyxl.load_workbook(path, read_only=True, data_only=True)
        sheet = book.worksheets[0]
        lines = sheet.iter_rows(values_only=True)
        columns = _headings(path, [_text(v) for v in next(lines, ())])
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, OSError) as error:
        raise _unreadable(path, _("it is no Excel workbook")) from error

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        for number, values in enumerate(lines, start=2):
            cells = [_text(v) for v in values]
            if any(cells):
                yield number, _row(columns, cells)
        book.close()

    return Table(columns, rows())


def _read_parquet(path: Path) -> Table:
    try:
        file = pyarrow.parquet.ParquetFile(path)
    except (pyarrow.lib.ArrowException, OSError) as error:
        raise _unreadable(path, _("it is no whole Parquet file")) from error
    columns = _headings(path, list(file.schema_arrow.names))

    def rows() -> Iterator[tuple[int, dict[str, str]]]:
        number = 1
        for batch in file.iter_batches(batch_size=_READ_ROWS):
            for record in batch.to_pylist():
                number += 1
                yield number, _row(columns, [_text(v) for v in record.values()])

    return Table(columns, rows())


def _headings(path: Path, cells: list[str]) -> tuple[str, ...]:
    columns = tuple(c.strip() for c in cells)
    if not any(columns):
        raise _unreadable(path, _("it has no row of headings"))
    twice = {c for c in columns if c and columns.count(c) > 1}
    if twice:
        raise _unreadable(path, _("heading %(name)s is there twice") % {"name": min(twice)[:60]})
    return columns


def _row(columns: tuple[str, ...], cells: list[str]) -> dict[str, str]:
    """Cells beyond the headings go under an empty name: the row is broken and says so."""
    row = {c: v for c, v in zip(columns, cells, strict=False) if c}
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        row[""] = "…"
    return row


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)
