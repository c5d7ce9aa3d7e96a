"""One cell as text, and whether it can still be what was meant."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from liti.core.clock import BANK_ZONE

# Spreadsheets keep 15 significant digits: of a longer number the end is lost. The same holds,
# a little later, for every binary floating point number.
EXACT_BELOW = 10**15
# 1.10105E+17 as spreadsheets write it; a key such as 12E5 is left alone.
_SHORTENED = re.compile(r"^[+-]?(?:\d+[.,]\d*E\+?|\d+E\+)\d{1,3}$", re.IGNORECASE)
_ERRORS = re.compile(
    r"^(?:#(?:N/A|REF!|VALUE!|NAME\?|DIV/0!|NUM!|NULL!|SPILL!|CALC!|GETTING_DATA|FIELD!)|#{3,})$"
)
# ="X1001", =("X1001") or =T("X1001"): how exporters keep a spreadsheet from counting.
_GUARDED = re.compile(r'^[=＝]\s*(?:T\s*\(\s*|\(\s*)?"((?:[^"]|"")*)"\s*\)?$', re.IGNORECASE)
_OUR_GUARD = re.compile(r"^'[\s]*[=+\-@＝＋－＠]")
# Surrogates, private use, replacement characters: nobody's text.
_UNREADABLE = re.compile("[\ud800-\uf8ff\ufffd-\uffff\U000f0000-\U0010ffff]")
_FORMULA = re.compile(r"^\s*[=＝].")


@dataclass(frozen=True, slots=True)
class Cell:
    """The text, and the name of the damage where it may not be what was written."""

    text: str
    damage: str = ""


EMPTY = Cell("")


def plain(text: str) -> Cell:
    """A cell that came as text: a guard taken off, damage named."""
    value = text.strip()
    if guarded := value[:1] in ("=", "＝") and _GUARDED.match(value):
        value = guarded.group(1).replace('""', '"').strip()
    elif value[:1] == "'" and _OUR_GUARD.match(value):
        value = value[1:].strip()
    if not value:
        return EMPTY
    if value.isdecimal():
        return Cell(value)
    if _UNREADABLE.search(value):
        return Cell(value, "cell_characters")
    if _SHORTENED.match(value):
        return Cell(value, "number_shortened")
    if _ERRORS.match(value):
        return Cell(value, "cell_error")
    if not guarded and _FORMULA.match(value):
        return Cell(value, "formula_unread")
    return Cell(value)


def typed(value: Any) -> Cell:
    """A cell that came with a type (Excel, Parquet)."""
    for kinds, read in _READERS:
        if isinstance(value, kinds):
            return read(value)
    return EMPTY if value is None else Cell(str(value)[:200], "cell_type")


def _moment(value: datetime) -> Cell:
    """The day that the clock on the bank's wall showed: 16:00Z is midnight in Shanghai."""
    return Cell((value.astimezone(BANK_ZONE) if value.tzinfo else value).date().isoformat())


def _whole(value: int) -> Cell:
    return Cell(str(value))


def _spreadsheet_number(value: float) -> Cell:
    if value != value or value in (float("inf"), float("-inf")):
        return Cell(str(value), "cell_error")
    if abs(value) >= EXACT_BELOW:
        return Cell(format(Decimal(repr(value)), "f"), "number_shortened")
    return Cell(str(int(value)) if value.is_integer() else repr(value))


def _decimal(value: Decimal) -> Cell:
    if not value.is_finite():
        return Cell(str(value), "cell_error")
    whole = value == value.to_integral_value()
    return Cell(str(int(value)) if whole else format(value, "f"))


def _bytes(value: bytes) -> Cell:
    try:
        return plain(value.decode("utf-8"))
    except UnicodeDecodeError:
        return Cell(value[:100].decode("utf-8", "replace"), "cell_characters")


_READERS: tuple[tuple[type | tuple[type, ...], Callable[[Any], Cell]], ...] = (
    (str, plain),
    (bool, lambda v: Cell("1" if v else "0")),
    (int, _whole),
    (float, _spreadsheet_number),
    (Decimal, _decimal),
    (datetime, _moment),
    (date, lambda v: Cell(v.isoformat())),
    (time, lambda v: Cell(v.isoformat())),
    (bytes, _bytes),
)


def excel_number(value: Any) -> Cell:
    """Like `typed`, but a spreadsheet's whole number is a float with 15 digits too."""
    if isinstance(value, int) and not isinstance(value, bool):
        damaged = abs(value) >= EXACT_BELOW
        return Cell(str(value), "number_shortened" if damaged else "")
    return typed(value)
