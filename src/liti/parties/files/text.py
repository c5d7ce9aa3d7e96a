"""CSV: any usual separator, with or without the `sep=` line that spreadsheets write."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

from liti.parties.files.cells import plain
from liti.parties.files.encodings import decode
from liti.parties.files.tables import Row, Table, headings, row_of, unreadable

# Above what the csv module allows by itself, so that a giant cell rejects its row, not the file.
CELL_CHARS_READ_MAX = 64 * 1024 * 1024
_SEPARATORS = ",;\t|"
_SEP_LINE = re.compile(r'^"?sep=(.)"?[ \t,;]*(?:\r\n|\r|\n|$)', re.IGNORECASE)


def read_csv(path: Path) -> Table:
    """A text file with separators."""
    csv.field_size_limit(CELL_CHARS_READ_MAX)
    text = decode(path, path.read_bytes())
    skipped = 0
    if told := _SEP_LINE.match(text):
        separator, text, skipped = told.group(1), text[told.end() :], 1
    else:
        separator = _separator(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        columns = headings(path, next(reader, []))
    except csv.Error as error:
        raise unreadable(path, f"{1 + skipped}: {error}") from error

    def rows() -> Iterator[Row]:
        try:
            for cells in reader:
                if any(cells):
                    yield row_of(reader.line_num + skipped, columns, [plain(c) for c in cells])
        except csv.Error as error:
            raise unreadable(path, f"{reader.line_num + skipped}: {error}") from error

    return Table(columns, rows())


def _separator(text: str) -> str:
    """The separator that the line of headings holds most of, outside quotes."""
    first = re.sub(r'"[^"]*"', "", re.split(r"[\r\n]", text, maxsplit=1)[0])
    return max(_SEPARATORS, key=first.count)
