"""What becomes one when two parties do, in this room: who leads, which relation, which word.

Each rule runs inside the merge, for all pairs at once, and again when it is taken back.
"""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn

LEADS = ("lead_rm", "central_pool")
_ALIASES = sql.SQL("""
SELECT m.merge_id, ARRAY[t.alias_id::text] AS row, t.party_id AS holder
FROM {pairs} m JOIN parties_partyalias t ON t.party_id = m.was
""")
_ENDED = sql.SQL("greatest(%(on)s::date, t.valid_from)")

_LEADS = sql.SQL("""
SELECT coalesce(merge_id, winner) AS merge_id, row, holder FROM (
    SELECT w.merge_id, ARRAY[t.id::text] AS row, t.party_id AS holder,
           row_number() OVER best AS place, first_value(w.merge_id) OVER best AS winner
    FROM {sides} w JOIN parties_serviceassignment t ON t.party_id = w.id
    LEFT JOIN (SELECT department, max(trust) AS trust FROM parties_source GROUP BY 1) s
         ON s.department = t.department
    WHERE t.valid_to IS NULL AND t.role = ANY(%(leads)s)
    WINDOW best AS (PARTITION BY w.heir ORDER BY t.origin = 'command' DESC,
        t.role = 'lead_rm' DESC, s.trust DESC NULLS LAST, t.valid_from, t.id)) ranked
WHERE place > 1
""")
_SAME_TASK = sql.SQL("""
SELECT coalesce(merge_id, winner) AS merge_id, row, holder FROM (
    SELECT w.merge_id, ARRAY[t.id::text] AS row, t.party_id AS holder,
           row_number() OVER best AS place, first_value(w.merge_id) OVER best AS winner
    FROM {sides} w JOIN parties_serviceassignment t ON t.party_id = w.id
    WHERE t.valid_to IS NULL
    WINDOW best AS (PARTITION BY w.heir, t.staff_code, t.department, t.role
        ORDER BY t.origin = 'command' DESC, t.valid_from, t.id)) ranked
WHERE place > 1
""")
_TAKEN = sql.SQL("""
EXISTS (SELECT 1 FROM parties_serviceassignment o WHERE o.party_id = t.party_id
        AND o.valid_to IS NULL AND o.id <> t.id
        AND (o.role = ANY(%(leads)s) AND t.role = ANY(%(leads)s)
             OR o.role = t.role AND o.staff_code = t.staff_code AND o.department = t.department))
""")
_ALONE = sql.SQL("""
INSERT INTO parties_serviceassignment
       (id, party_id, role, staff_code, department, origin, valid_from)
SELECT gen_random_uuid(), s.id, 'central_pool', '', 'direct', 'source', %(on)s FROM {sides} s
WHERE NOT EXISTS (SELECT 1 FROM parties_serviceassignment o WHERE o.party_id = s.id
                  AND o.valid_to IS NULL AND o.role = ANY(%(leads)s))
""")


def aliases(merging: Merging, column: PartyColumn) -> None:
    """An id that stood for the one stands for the survivor now, from this moment on."""
    merging.put(
        column, "at", sql.SQL("now()"), _ALIASES.format(pairs=merging.pairs)
    )  # fmt: skip
    merging.move(column)


def service_team(merging: Merging, column: PartyColumn) -> None:
    """One lead goes on: a command's before an import's, a manager before the pool, then the
    most trusted source's, then the earliest. The other one ends that day, as does a task that
    both teams name."""
    given = {"leads": list(LEADS)}
    for chosen in (_LEADS, _SAME_TASK):
        select = chosen.format(sides=merging.sides)
        merging.put(column, "valid_to", _ENDED, select, unless=_TAKEN, **given)
    merging.move(column)
    if merging.undo:  # whoever is left without a lead is the pool's
        merging.execute(_ALONE.format(sides=merging.sides), **given)


_RELATIONS = sql.SQL("""
WITH mapped AS (
    SELECT t.id, t.kind, t.valid_from, coalesce(f.heir, t.from_party_id) AS a,
           coalesce(g.heir, t.to_party_id) AS b, t.{column} AS holder,
           CASE WHEN {mine}.id IS NULL THEN NULL
                ELSE coalesce(f.merge_id, g.merge_id) END AS merge_id
    FROM parties_relation t
    LEFT JOIN {sides} f ON f.id = t.from_party_id LEFT JOIN {sides} g ON g.id = t.to_party_id
    WHERE t.valid_to IS NULL AND (
        t.from_party_id IN (SELECT id FROM {sides}) OR t.to_party_id IN (SELECT id FROM {sides}))
), ranked AS (
    SELECT *, row_number() OVER best AS place,
           max(merge_id::text) OVER (PARTITION BY a, b, kind)::uuid AS other
    FROM mapped WINDOW best AS (PARTITION BY a, b, kind ORDER BY valid_from, id)
)
SELECT coalesce(merge_id, other) AS merge_id, ARRAY[id::text] AS row, holder FROM ranked
WHERE (a = b OR place > 1) AND coalesce(merge_id, other) IS NOT NULL
""")
_RELATED = sql.SQL("""
EXISTS (SELECT 1 FROM parties_relation o WHERE o.valid_to IS NULL AND o.id <> t.id
        AND o.from_party_id = t.from_party_id AND o.to_party_id = t.to_party_id
        AND o.kind = t.kind)
""")
# A relation between the two keeps their old ids: joined to itself it would say nothing.
_BETWEEN = sql.SQL("""
EXISTS (SELECT 1 FROM {sides} f JOIN {sides} g ON g.heir = f.heir
        WHERE f.id = t.from_party_id AND g.id = t.to_party_id)
""")


def relations(merging: Merging, column: PartyColumn) -> None:
    """Of two open relations of a kind to the same party the older one stays; one between the
    two ends that day and keeps their ids."""
    select = _RELATIONS.format(
        sides=merging.sides,
        column=sql.Identifier(column.column),
        mine=sql.Identifier("f" if column.column == "from_party_id" else "g"),
    )
    merging.put(column, "valid_to", _ENDED, select, unless=_RELATED)
    merging.move(column, but=_BETWEEN.format(sides=merging.sides))


# What each side may be sent by its own words alone, and what all words together would allow.
_REFUSALS = sql.SQL("""
WITH word AS (
    SELECT w.heir, w.id AS side, c.purpose, c.recipient, c.channel, c.granted, c.at, c.id
    FROM {sides} w JOIN parties_consent c ON c.party_id = w.id
), asked AS (SELECT DISTINCT heir, purpose, recipient, channel FROM word),
own AS (
    SELECT DISTINCT ON (a.heir, a.purpose, a.recipient, a.channel, x.side)
           a.*, x.side, x.granted, x.at, x.id
    FROM asked a JOIN word x ON x.heir = a.heir AND x.purpose = a.purpose
         AND x.recipient = a.recipient AND x.channel IN (a.channel, 'any')
    ORDER BY a.heir, a.purpose, a.recipient, a.channel, x.side, x.at DESC, x.granted, x.id DESC
), judged AS (
    SELECT heir, purpose, recipient, channel, bool_or(NOT granted) AS refused,
           (array_agg(granted ORDER BY at DESC, granted, id DESC))[1] AS allowed
    FROM own GROUP BY 1, 2, 3, 4
)
INSERT INTO parties_consent
       (id, party_id, purpose, channel, recipient, granted, evidence, text_version, at)
SELECT gen_random_uuid(), j.heir, j.purpose, j.channel, j.recipient, false,
       'merge:' || (SELECT max(p.merge_id::text) FROM {pairs} p WHERE p.heir = j.heir), '',
       clock_timestamp()
FROM judged j WHERE j.refused AND j.allowed
""")
# The words can't be taken back, so each is followed by the survivor's own word before it.
_RESTORED = sql.SQL("""
INSERT INTO parties_consent
       (id, party_id, purpose, channel, recipient, granted, evidence, text_version, at)
SELECT gen_random_uuid(), r.party_id, r.purpose, r.channel, r.recipient, true,
       'unmerge:' || m.merge_id, '', clock_timestamp()
FROM {pairs} m JOIN parties_consent r
     ON r.party_id = m.heir AND r.evidence = 'merge:' || m.merge_id
CROSS JOIN LATERAL (
    SELECT c.granted, c.at FROM parties_consent c WHERE c.party_id = r.party_id
      AND c.purpose = r.purpose AND c.recipient = r.recipient
      AND c.channel IN (r.channel, 'any') AND c.evidence NOT LIKE 'merge:%%'
    ORDER BY c.at DESC, c.granted, c.id DESC LIMIT 1) mine
WHERE mine.granted AND mine.at < r.at
""")


def refusals(merging: Merging, column: PartyColumn) -> None:
    """Words of consent stay where they were said and are read together; a refusal of either
    holds on until a later word, also where the other one's permission is younger."""
    merging.note(column)
    statement = _RESTORED if merging.undo else _REFUSALS
    merging.execute(statement.format(sides=merging.sides, pairs=merging.pairs))
