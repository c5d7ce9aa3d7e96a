"""Who belongs from when to when: the one set-based step behind segments, stages, diagnoses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from psycopg import sql

from liti.core.errors import Refused
from liti.core.sql import name, names, text


@dataclass(frozen=True, slots=True)
class SpanCounts:
    """What a refresh changed."""

    joined: int
    left: int
    members: int


_LAST = sql.SQL("SELECT max(greatest(since, until)) FROM {table}")
_NOW = sql.SQL(
    "CREATE TEMP TABLE groups_now ON COMMIT DROP AS SELECT {columns} FROM ({select}) AS found"
    " WHERE %(only)s::uuid[] IS NULL OR found.party_id = ANY(%(only)s::uuid[])"
)
_GONE = sql.SQL(
    "s.until IS NULL AND NOT EXISTS (SELECT 1 FROM groups_now n"
    " WHERE n.party_id = s.party_id AND n.{label} = s.{label})"
    " AND (%(only)s::uuid[] IS NULL OR s.party_id = ANY(%(only)s::uuid[]))"
)
_UNDO = sql.SQL("DELETE FROM {table} s WHERE s.since = %(on)s AND {gone}")
_LEAVE = sql.SQL("UPDATE {table} s SET until = %(on)s WHERE {gone}")
_JOIN = sql.SQL(
    "INSERT INTO {table} ({columns}, since) SELECT {columns}, %(on)s FROM groups_now n"
    " WHERE NOT EXISTS (SELECT 1 FROM {table} s WHERE s.until IS NULL"
    " AND s.party_id = n.party_id AND s.{label} = n.{label})"
)


def refresh_spans(
    cursor: Any,
    table: str,
    label: str,
    select: sql.Composable,
    arguments: Mapping[str, Any],
    on: date,
    extra: Sequence[str] = (),
    only: Sequence[UUID] | None = None,
) -> SpanCounts:
    """Make the open spans of `table` equal to what `select` gives on a day.

    `select` gives party_id, the label column and the extra columns. Whoever is no longer in
    it leaves on the day; what began on the same day is undone, so that a repeated refresh
    leaves the same rows. `only` these customers' spans, where given. Raises Refused for a day
    before the last change.
    """
    parts: dict[str, sql.Composable] = {
        "table": name(table),
        "label": name(label),
        "columns": names(("party_id", label, *extra)),
        "select": select,
    }
    parts["gone"] = _GONE.format(label=parts["label"])
    cursor.execute(text(_LAST.format(**parts)))
    last = cursor.fetchone()[0]
    if last and last > on:
        raise Refused(
            "groups.refresh_goes_back",
            _("Groups were already refreshed on %(last)s; %(on)s lies before it.")
            % {"last": last, "on": on},
            remedy=_("Refresh on the business date."),
        )
    cursor.execute("DROP TABLE IF EXISTS groups_now")
    cursor.execute(text(_NOW.format(**parts)), {**arguments, "only": only})
    cursor.execute("ANALYZE groups_now")
    cursor.execute(text(_UNDO.format(**parts)), {"on": on, "only": only})
    undone = cursor.rowcount
    cursor.execute(text(_LEAVE.format(**parts)), {"on": on, "only": only})
    left = cursor.rowcount
    cursor.execute(text(_JOIN.format(**parts)), {"on": on})
    joined = cursor.rowcount
    cursor.execute("SELECT count(*) FROM groups_now")
    members = cursor.fetchone()[0]
    cursor.execute("DROP TABLE groups_now")
    return SpanCounts(joined=joined, left=left + undone, members=members)
