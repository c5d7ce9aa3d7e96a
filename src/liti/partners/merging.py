"""A customer's mandates when two customers turn out to be one."""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

_SECOND = sql.SQL("""
SELECT coalesce(merge_id, winner) AS merge_id, row, holder FROM (
    SELECT w.merge_id, ARRAY[t.id::text] AS row, t.party_id AS holder,
           row_number() OVER best AS place, first_value(w.merge_id) OVER best AS winner
    FROM {sides} w JOIN partners_mandate t ON t.party_id = w.id
    WHERE t.withdrawn_at IS NULL
    WINDOW best AS (PARTITION BY w.heir, t.partner_id, t.scope ORDER BY t.granted_at, t.id)
) ranked
WHERE place > 1
""")
_GIVEN = sql.SQL("""
EXISTS (SELECT 1 FROM partners_mandate o WHERE o.party_id = t.party_id AND o.id <> t.id
        AND o.partner_id = t.partner_id AND o.scope = t.scope AND o.withdrawn_at IS NULL)
""")


def one_mandate(merging: Merging, column: PartyColumn) -> None:
    """Of two mandates for the same the older one stays in force."""
    ended = sql.SQL("greatest(now(), t.granted_at)")
    chosen = _SECOND.format(sides=merging.sides)
    merging.put(column, "withdrawn_at", ended, chosen, unless=_GIVEN)
    merging.move(column)
