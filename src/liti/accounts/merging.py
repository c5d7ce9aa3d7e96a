"""Who may act on an account when two of its people turn out to be one."""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

_TWICE = sql.SQL("""
SELECT coalesce(merge_id, winner) AS merge_id, row, holder FROM (
    SELECT w.merge_id, ARRAY[t.id::text] AS row, t.party_id AS holder,
           row_number() OVER best AS place, first_value(w.merge_id) OVER best AS winner
    FROM {sides} w JOIN accounts_accountholder t ON t.party_id = w.id
    WHERE t.valid_to IS NULL
    WINDOW best AS (PARTITION BY w.heir, t.account_id
        ORDER BY t.role = 'owner' DESC, t.valid_from, t.id)) ranked
WHERE place > 1
""")
_AGAIN = sql.SQL("""
EXISTS (SELECT 1 FROM accounts_accountholder o WHERE o.account_id = t.account_id
        AND o.party_id = t.party_id AND o.role = t.role AND o.valid_to IS NULL AND o.id <> t.id)
""")


def one_holding_role(merging: Merging, column: PartyColumn) -> None:
    """Nobody stands twice on an account: the owner's row goes on, else the earliest; the other
    one ends that day."""
    merging.put(
        column,
        "valid_to",
        sql.SQL("greatest(%(on)s::date, t.valid_from)"),
        _TWICE.format(sides=merging.sides),
        unless=_AGAIN,
    )
    merging.move(column)
