"""A list as a file: the rows that the filters leave, masked as on the page, each reading logged."""

from __future__ import annotations

import csv
import io

from django.utils.translation import gettext as _

from liti.console import cells, listing
from liti.console.resources import Query, Resource
from liti.core import audit

PURPOSE = "list_saved"
BOM = "\ufeff"  # without it a spreadsheet takes Chinese for Latin letters


def as_csv(declared: Resource, query: Query) -> str:
    """The rows with the list's titles. Raises InvalidInput where they are too many."""
    rows = listing.every_row(declared, query)
    money = any(c.kind in {"money", "signed_money"} for c in declared.columns)
    out = io.StringIO()
    write = csv.writer(out)
    titles = [str(c.title) for c in declared.columns]
    write.writerow([cells.guarded(t) for t in titles] + [_("Currency")] * money)
    for row in rows:
        line = [cells.for_file(c.read(row), c.kind, row) for c in declared.columns]
        write.writerow(line + [getattr(row, "currency", "CNY")] * money)
    if declared.party:
        read = dict.fromkeys(p for row in rows if (p := declared.party(row)))
        purpose = f"{PURPOSE}:{declared.name}"
        audit.record_accesses("party", list(read), purpose, [c.name for c in declared.columns])
    return BOM + out.getvalue()
