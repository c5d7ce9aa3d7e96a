"""The one way in: what a file is, told by its content, and every fault of it as one refusal."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput, LitiError
from liti.parties.files.excel import read_excel
from liti.parties.files.parquet import read_parquet
from liti.parties.files.tables import Row, Table, unreadable
from liti.parties.files.text import read_csv

log = logging.getLogger(__name__)
FILE_BYTES_MAX = 2 * 1024**3
_OLE = b"\xd0\xcf\x11\xe0"


def read_table(path: Path) -> Table:
    """Open a file by its content. Raises InvalidInput naming the file, what is wrong, a remedy;
    so do its rows when they are read, for what is broken further down.

    Whatever a library raises for a broken file is such a refusal: their errors come in dozens
    of types, and none of them is for people.
    """
    if not path.is_file():
        raise InvalidInput(
            "parties.file.missing",
            _("%(file)s is not there.") % {"file": path.name},
            remedy=_("Check the path."),
        )
    if path.stat().st_size > FILE_BYTES_MAX:
        raise unreadable(path, _("it is larger than 2 GiB"))
    with path.open("rb") as file:
        head = file.read(4)
    if not head:
        raise unreadable(path, _("it is empty"))
    if head == _OLE:
        raise unreadable(path, _("it is an old Excel file (.xls) or protected by a password"))
    readers = {
        b"PK\x03\x04": (read_excel, _("it is no whole Excel workbook")),
        b"PAR1": (read_parquet, _("it is no whole Parquet file")),
    }
    reader, why = readers.get(head, (read_csv, _("it is no whole text")))
    try:
        table = reader(path)
    except LitiError:
        raise
    except Exception as error:
        raise _broken(path, why, error) from error
    return Table(table.columns, _guarded(path, table.rows, why), table.left_out)


def _guarded(path: Path, rows: Iterator[Row], why: str) -> Iterator[Row]:
    try:
        yield from rows
    except LitiError:
        raise
    except Exception as error:
        raise _broken(path, why, error) from error


def _broken(path: Path, why: str, error: Exception) -> InvalidInput:
    log.info("%s: %s: %s", path.name, type(error).__name__, error)
    return unreadable(path, why)
