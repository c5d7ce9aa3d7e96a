"""The one shape that every kind of file is read into."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput
from liti.parties.files.cells import Cell, plain


@dataclass(frozen=True, slots=True)
class Row:
    """A row by heading. `damage` names what is wrong with a cell; its value is then as it
    stood, to be shown and not to be used."""

    number: int
    cells: dict[str, str]
    damage: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A file's headings, its rows with their number in the file (the heading is row 1), and
    what of the file was not read at all (other sheets)."""

    columns: tuple[str, ...]
    rows: Iterator[Row]
    left_out: tuple[str, ...] = ()


def unreadable(path: Path, why: str) -> InvalidInput:
    """The refusal of a whole file: its name, what is wrong, what helps."""
    return InvalidInput(
        "parties.file.unreadable",
        _("%(file)s can't be read: %(why)s.") % {"file": path.name, "why": why},
        remedy=_("Deliver it as CSV (UTF-8, GB18030 or UTF-16), Excel (.xlsx) or Parquet."),
        file=path.name,
    )


def headings(path: Path, cells: Sequence[str]) -> tuple[str, ...]:
    """The file's headings. Raises InvalidInput where there are none or one is there twice."""
    columns = tuple(plain(c).text for c in cells)
    if not any(columns):
        raise unreadable(path, _("it has no row of headings"))
    twice = {c for c in columns if c and columns.count(c) > 1}
    if twice:
        raise unreadable(path, _("heading %(name)s is there twice") % {"name": min(twice)[:60]})
    return columns


def row_of(number: int, columns: Sequence[str], cells: Sequence[Cell]) -> Row:
    """Cells beyond the headings go under an empty name: the row is broken and says so."""
    named = [(c, cell) for c, cell in zip(columns, cells, strict=False) if c]
    row = Row(
        number,
        {c: cell.text for c, cell in named},
        {c: cell.damage for c, cell in named if cell.damage},
    )
    unnamed = [cell for c, cell in zip(columns, cells, strict=False) if not c]
    if any(cell.text for cell in (*unnamed, *cells[len(columns) :])):
        row.cells[""] = "…"
    return row
