"""A file of members as it comes from a partner: read whole, or refused with the reason."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from liti.core.authority import open_to_all
from liti.core.errors import InvalidInput

COLUMNS = ("member_no", "name", "id_number", "mobile", "email")
REQUIRED = COLUMNS[:4]
BYTES_MAX = 2_000_000
# Excel on a Chinese desktop still saves CSV in GBK.
ENCODINGS = ("utf-8-sig", "gb18030")


@open_to_all("reads a file, keeps nothing")
def read_members(content: bytes) -> list[dict[str, str]]:
    """Rows of the CSV, without empty lines; unknown columns are left out.

    Raises InvalidInput for a file that is too large, no text, or lacks a column or any row.
    """
    if len(content) > BYTES_MAX:
        raise InvalidInput(
            "partners.file_too_large",
            _("The file is larger than 2 MB."),
            remedy=_("Send it in several files of at most 1,000 members."),
        )
    reader = csv.DictReader(io.StringIO(_text(content), newline=""), strict=True)
    try:
        header = [(name or "").strip() for name in reader.fieldnames or ()]
        if missing := [name for name in REQUIRED if name not in header]:
            raise InvalidInput(
                "partners.columns_missing",
                _("The file lacks the columns %(names)s.") % {"names": ", ".join(missing)},
                remedy=_("The first line has to name the columns."),
            )
        reader.fieldnames = header
        rows = [
            {name: (row.get(name) or "").strip() for name in COLUMNS}
            for row in reader
            if any(value for value in row.values())
        ]
    except csv.Error as error:
        raise InvalidInput(
            "partners.no_csv",
            _("Line %(line)d of the file can’t be read as CSV.") % {"line": reader.line_num},
            remedy=_("Save it again as CSV with commas."),
        ) from error
    if not rows:
        raise InvalidInput("partners.no_rows", _("The file holds no members."))
    return rows


def _text(content: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            return text
    raise InvalidInput(
        "partners.no_text",
        _("This is not a text file."),
        remedy=_("Save it again as CSV with commas."),
    )
