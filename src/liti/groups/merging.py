"""Segments, stages and diagnoses when two customers become one."""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

_BEGUN = sql.SQL("""
SELECT m.merge_id, {row} AS row, t.party_id AS holder
FROM {pairs} m JOIN {table} t ON t.party_id = m.was WHERE t.until IS NULL AND t.since >= %(on)s
""")
_OPEN = sql.SQL("""
SELECT m.merge_id, {row} AS row, t.party_id AS holder
FROM {pairs} m JOIN {table} t ON t.party_id = m.was WHERE t.until IS NULL AND t.since < %(on)s
""")
_OTHER = sql.SQL("""
EXISTS (SELECT 1 FROM {table} o WHERE o.party_id = t.party_id AND o.until IS NULL {same})
""")


def end_spans(merging: Merging, column: PartyColumn) -> None:
    """The survivor's own stage and segments stand until they are computed again, within a
    minute (insight marks both as stale); the other one's end on the day of the merge, and its
    history stays its own."""
    names = {
        "pairs": merging.pairs,
        "table": sql.Identifier(column.table),
        "row": column.row(),
        "same": sql.SQL("").join(
            sql.SQL("AND o.{0} = t.{0}").format(sql.Identifier(name))
            for name, _kind in column.key
            if name != "since"
        ),
    }
    merging.remove(column, _BEGUN.format(**names))
    merging.put(
        column, "until", sql.SQL("%(on)s::date"), _OPEN.format(**names),
        unless=_OTHER.format(**names),
    )  # fmt: skip
