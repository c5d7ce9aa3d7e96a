"""Who belongs from when to when: the one set-based step behind segments, stages, diagnoses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from liti.core.errors import Refused


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """What a refresh changed."""

    joined: int
    left: int
    members: int


def refresh_spans(
    cursor: Any,
    table: str,
    label: str,
    select: str,
    params: Sequence[Any],
    on: date,
    extra: Sequence[str] = (),
) -> SpanCounts:
    """Make the open spans of `table` equal to what `select` gives on a day.

    `select` gives party_id, the label column and the extra columns. Whoever is no longer in
    it leaves on the day; what began on the same day is undone, so that a repeated refresh
    leaves the same rows. Raises Refused for a day before the last change.
    """
    cursor.execute(f"SELECT max(greatest(since, until)) FROM {table}")
    last = cursor.fetchone()[0]
    if last and last > on:
        raise Refused(
            "groups.refresh_goes_back",
            _("Groups were already refreshed on %(last)s; %(on)s lies before it.")
            % {"last": last, "on": on},
            remedy=_("Refresh on the business date."),
        )
    columns = ", ".join(("party_id", label, *extra))
    cursor.execute("DROP TABLE IF EXISTS groups_now")
    cursor.execute(
        f"CREATE TEMP TABLE groups_now ON COMMIT DROP AS SELECT {columns} FROM ({select}) AS found",
        list(params),
    )
    cursor.execute("ANALYZE groups_now")
    gone = (
        f"s.until IS NULL AND NOT EXISTS (SELECT 1 FROM groups_now n"
        f" WHERE n.party_id = s.party_id AND n.{label} = s.{label})"
    )
    cursor.execute(f"DELETE FROM {table} s WHERE s.since = %s AND {gone}", [on])
    undone = cursor.rowcount
    cursor.execute(f"UPDATE {table} s SET until = %s WHERE {gone}", [on])
    left = cursor.rowcount
    cursor.execute(
        f"INSERT INTO {table} ({columns}, since) SELECT {columns}, %s FROM groups_now n"
        f" WHERE NOT EXISTS (SELECT 1 FROM {table} s WHERE s.until IS NULL"
        f" AND s.party_id = n.party_id AND s.{label} = n.{label})",
        [on],
    )
    joined = cursor.rowcount
    cursor.execute("SELECT count(*) FROM groups_now")
    members = cursor.fetchone()[0]
    cursor.execute("DROP TABLE groups_now")
    return SpanCounts(joined=joined, left=left + undone, members=members)
