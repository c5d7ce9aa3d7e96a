"""How old what a department delivered is: an older file never overwrites a newer one unseen.

A file's day is the one that is given, else the one in its name (retail-2026-11-24.csv). The
time of a file on the disk says nothing: it is that of the copy.
"""

from __future__ import annotations

import re
from datetime import date, timedelta

from django.db.models import Max
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.clock import BANK_ZONE, business_date, local_date
from liti.core.errors import Refused
from liti.parties.models import ImportRun

_IN_NAME = re.compile(r"(?<!\d)(20\d\d)([-_.年]?)(\d\d)(?:\2|月)(\d\d)(?!\d)")


def day_in(name: str) -> date | None:
    """The one day that stands in a file's name; None where none or several do."""
    found = set()
    for year, _between, month, day in _IN_NAME.findall(name):
        try:
            found.add(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return found.pop() if len(found) == 1 else None


def require_fresh(source: str, name: str, of: date | None) -> None:
    """Refuse a file that is older than what was read before, or than the bank allows.

    Raises Refused `parties.file.old` or `parties.file.ahead`. A file without a day passes.
    """
    if of is None:
        return
    today = business_date()
    if of > max(today, local_date()):
        raise Refused(
            "parties.file.ahead",
            _("%(file)s is of %(of)s, which is still to come; the business date is %(today)s.")
            % {"file": name, "of": of, "today": today},
            remedy=_("Correct the day in its name, or give it with --of."),
        )
    last = ImportRun.objects.filter(source_id=source).aggregate(last=Max("of"))["last"]
    oldest = today - timedelta(days=int(params.get("parties.file.days_old_max")))
    if of >= oldest and (last is None or of >= last):
        return
    raise Refused(
        "parties.file.old",
        _("%(file)s is of %(of)s; %(source)s was last read as of %(last)s, and the business date"
          " is %(today)s.")
        % {"file": name, "of": of, "source": source, "last": last or "–", "today": today},
        remedy=_("Bring in the newest file, or take this one knowingly with --accept-old."),
    )  # fmt: skip


def require_fresh_sources() -> None:
    """Refuse to match records of a source whose newest file is older than the bank allows.

    Raises Refused `parties.source.old` naming the sources and their days.
    """
    today = business_date()
    oldest = today - timedelta(days=int(params.get("parties.match.days_old_max")))
    newest = ImportRun.objects.values("source_id").annotate(last=Max("of"), at=Max("at"))
    old = {
        row["source_id"]: day
        for row in newest.order_by("source_id")
        if (day := row["last"] or row["at"].astimezone(BANK_ZONE).date()) < oldest
    }
    if old:
        listed = ", ".join(f"{source} ({day})" for source, day in old.items())
        raise Refused(
            "parties.source.old",
            _("Too long ago, on %(today)s, were read: %(listed)s.")
            % {"today": today, "listed": listed},
            remedy=_("Bring in their newest files, or match knowingly with --accept-old."),
        )
