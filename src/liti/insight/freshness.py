"""Whether the exported history still is what the books say; one export or build at a time."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core.clock import business_date
from liti.core.errors import Conflict, Refused
from liti.core.sql import name, text
from liti.insight.engine import data_dir
from liti.insight.sources import Sources

FACTS = "export.json"
WAIT_SECONDS_MAX = 600.0
PAUSE_SECONDS = 0.1
_TOTAL = sql.SQL("SELECT coalesce(sum(entries), 0) FROM {} WHERE gl_code = %s")
_COUNT = sql.SQL("SELECT count(*) FROM {}")


def wait_alone(wait_seconds: float = WAIT_SECONDS_MAX) -> None:
    """Until the transaction ends no other export or build runs, which would read half files.

    Raises Conflict `insight.busy` after the wait.
    """
    end = time.monotonic() + wait_seconds
    with connection.cursor() as cursor:
        while True:
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('insight.export'))")
            if cursor.fetchone()[0]:
                return
            if time.monotonic() >= end:
                raise Conflict(
                    "insight.busy",
                    _("The history is being exported or computed by another process."),
                    remedy=_("Try again when it has ended."),
                )
            time.sleep(PAUSE_SECONDS)


def note(sources: Sources) -> None:
    """Write down beside the files what they hold, and of which day they are."""
    target = data_dir() / FACTS
    new = target.with_suffix(".new")
    facts = {"of": sources.entries, "on": business_date().isoformat(), **_counts(sources)}
    new.write_text(json.dumps(facts), encoding="utf-8")
    os.replace(new, target)


def require_current(on: date, sources: Sources) -> None:
    """Refuse a day ahead, and a history that was exported before the day or before what the
    books have by now. Raises Refused `insight.day_ahead`, `insight.stale_history`."""
    today = business_date()
    if on > today:
        raise Refused(
            "insight.day_ahead",
            _("The business date is %(today)s; %(on)s is still to come.")
            % {"today": today, "on": on},
            remedy=_("Choose a day up to %(today)s.") % {"today": today},
        )
    facts = _facts()
    exported = str(facts.get("on", ""))
    lacks = 0
    if exported >= on.isoformat() and on == today and facts.get("of") == sources.entries:
        counts = _counts(sources)
        lacks = sum(counts[each] != facts.get(each) for each in counts)
    if exported < on.isoformat() or lacks:
        raise Refused(
            "insight.stale_history",
            _("The exported history is of %(day)s (%(entries)s entries); the books have gone on.")
            % {"day": exported or _("an unknown day"), "entries": facts.get("entries", "?")},
            remedy=_("Run `liti insight export` first, or `liti insight features --export`."),
        )


def _facts() -> dict[str, Any]:
    try:
        found = json.loads((data_dir() / FACTS).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _counts(sources: Sources) -> dict[str, int]:
    with connection.cursor() as cursor:

        def count(relation: str) -> int:
            cursor.execute(text(_COUNT.format(name(relation))))
            return int(cursor.fetchone()[0])

        if sources.entry_total is not None:
            entries = sources.entry_total()
        else:
            cursor.execute(text(_TOTAL.format(name(sources.entry_months))), [sources.gl_code])
            entries = int(cursor.fetchone()[0])
        return {
            "entries": entries,
            "accounts": count(sources.accounts),
            "holdings": sum(count(each) for each in sources.holdings),
            "parties": sum(count(each) for each in sources.parties),
            "roles": sum(count(each) for each in sources.roles),
        }
