"""Plans that meant to contact one person twice."""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

_SECOND = sql.SQL("""
SELECT coalesce(merge_id, winner) AS merge_id, row, holder FROM (
    SELECT w.merge_id, ARRAY[t.id::text] AS row, t.party_id AS holder, t.status,
           row_number() OVER best AS place, first_value(w.merge_id) OVER best AS winner
    FROM {sides} w JOIN outreach_planitem t ON t.party_id = w.id
    WINDOW best AS (PARTITION BY w.heir, t.plan_id
        ORDER BY t.status = 'planned', t.expected_minor DESC, t.id)) ranked
WHERE place > 1 AND status = 'planned'
""")


def one_item_of_a_plan(merging: Merging, column: PartyColumn) -> None:
    """A plan contacts a person once: what has gone out already stands, else the item that is
    worth more; the other one expires, unsent."""
    chosen = _SECOND.format(sides=merging.sides)
    merging.put(column, "note", sql.SQL("'merged'"), chosen)
    merging.put(column, "status", sql.SQL("'expired'"), chosen)
    merging.move(column)
