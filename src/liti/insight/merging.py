"""The look-up rows of two customers who became one: gone for the one, stale for the other."""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

_THEIRS = sql.SQL("""
SELECT m.merge_id, {row} AS row, t.party_id AS holder
FROM {pairs} m JOIN {table} t ON t.party_id = m.was
""")
_STALE = sql.SQL("""
INSERT INTO insight_stale_party (party_id, since) SELECT id, clock_timestamp() FROM {sides}
ON CONFLICT (party_id) DO UPDATE SET since = excluded.since
""")


def forget(merging: Merging, column: PartyColumn) -> None:
    """No ghost is counted, planned or averaged from the moment of the merge on; the survivor's
    own rows are computed again within a minute."""
    names = {"pairs": merging.pairs, "table": sql.Identifier(column.table), "row": column.row()}
    merging.remove(column, _THEIRS.format(**names))
    merging.execute(_STALE.format(sides=merging.sides))
