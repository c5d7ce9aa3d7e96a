"""Excel workbooks (.xlsx): the first visible sheet, whatever size the file claims for it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import openpyxl
from django.utils.translation import gettext as _
from openpyxl.utils import range_boundaries

from liti.parties.files.cells import EMPTY, Cell, excel_number
from liti.parties.files.tables import Row, Table, headings, row_of, unreadable

UNPACKED_BYTES_MAX = 4 * 1024**3
MERGED_CELLS_MAX = 200_000
_MERGED = re.compile(rb'<mergeCell\s+ref="([A-Z]+\d+:[A-Z]+\d+)"')
_FORMULA = re.compile(rb"<f[\s/>]")


def read_excel(path: Path) -> Table:
    """The first sheet that a person would see; other sheets with cells are named as left out.

    The used range that a file states is not believed: exporters write it wrong. A formula
    whose value the exporter did not store, and all but the first of merged cells, are
    damaged, not empty.
    """
    with zipfile.ZipFile(path) as archive:
        if sum(info.file_size for info in archive.infolist()) > UNPACKED_BYTES_MAX:
            raise unreadable(path, _("it is larger than 4 GiB when unpacked"))
    book = openpyxl.load_workbook(path, read_only=True, data_only=True)
    visible = [s for s in book.worksheets if s.sheet_state == "visible"] or book.worksheets
    if not visible:
        raise unreadable(path, _("it has no sheet with cells"))
    sheet = visible[0]
    sheet.reset_dimensions()
    merged, has_formulas = _look_into(path, sheet)
    lines = _lines(sheet)
    _number, first = next(lines, (1, []))
    columns = headings(path, [c.text for c in first])
    formulas = _formulas(path, sheet.title) if has_formulas else iter(())

    def rows() -> Iterator[Row]:
        next(formulas, None)
        # the second reading ends with the first, or there is none
        for (number, cells), unread in zip(lines, chain(formulas, repeat(())), strict=False):
            for at in unread:
                if at < len(cells) and not cells[at].text:
                    cells[at] = Cell("=", "formula_unread")
            for at in merged.get(number, ()):
                cells.extend([EMPTY] * (at + 1 - len(cells)))
                cells[at] = Cell(cells[at].text, "cell_merged")
            if any(c.text or c.damage for c in cells):
                yield row_of(number, columns, cells)
        book.close()

    others = tuple(s.title for s in book.worksheets if s is not sheet and _holds_cells(s))
    return Table(columns, rows(), others)


def _lines(sheet: Any) -> Iterator[tuple[int, list[Cell]]]:
    for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
        yield number, [excel_number(v) for v in values]


def _holds_cells(sheet: Any) -> bool:
    sheet.reset_dimensions()
    return any(any(v is not None for v in row) for row in sheet.iter_rows(values_only=True))


def _look_into(path: Path, sheet: Any) -> tuple[dict[int, list[int]], bool]:
    """Merged cells (row → columns from 0, without the one that holds the value), and whether
    the sheet has formulas: the library tells neither when it streams."""
    with zipfile.ZipFile(path) as archive:
        data = archive.read(sheet._worksheet_path)
    hidden: dict[int, list[int]] = {}
    count = 0
    for found in _MERGED.finditer(data):
        bounds = range_boundaries(found.group(1).decode())
        left, top, right, bottom = (int(b or 1) for b in bounds)
        count += (right - left + 1) * (bottom - top + 1)
        if count > MERGED_CELLS_MAX:
            raise unreadable(path, _("it has too many merged cells"))
        for row in range(top, bottom + 1):
            columns = [c - 1 for c in range(left, right + 1) if (row, c) != (top, left)]
            hidden.setdefault(row, []).extend(columns)
    return hidden, bool(_FORMULA.search(data))


def _formulas(path: Path, title: str) -> Iterator[list[int]]:
    """Row by row, the columns that hold a formula."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=False)
    sheet = book[title]
    sheet.reset_dimensions()
    for cells in sheet.iter_rows():
        yield [at for at, cell in enumerate(cells) if cell.data_type == "f"]
    book.close()
