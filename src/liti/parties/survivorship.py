"""What becomes one when two parties do, in this room: who leads, which relation, which word.

Each rule runs inside the merge, for all pairs at once, and again when it is taken back.
"""

from __future__ import annotations

from psycopg import sql

from liti.core.party_ids import Merging, PartyColumn
from liti.parties.rules.links import EITHER_WAY

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
), sorted AS (  -- what reads the same from both sides is one, whichever was written first
    SELECT *, CASE WHEN kind = ANY(%(either_way)s) THEN least(a, b) ELSE a END AS low,
           CASE WHEN kind = ANY(%(either_way)s) THEN greatest(a, b) ELSE b END AS high
    FROM mapped
), ranked AS (
    SELECT *, row_number() OVER best AS place,
           max(merge_id::text) OVER (PARTITION BY low, high, kind)::uuid AS other
    FROM sorted WINDOW best AS (PARTITION BY low, high, kind ORDER BY valid_from, id)
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
    ways = {"either_way": list(EITHER_WAY)}
    merging.put(column, "valid_to", _ENDED, select, unless=_RELATED, **ways)
    merging.move(column, but=_BETWEEN.format(sides=merging.sides))


# Of words (who, purpose, channel, recipient, product, granted, at, id) in a relation `said`, the
# last of each scope; and whether the words in `word` allow what the row `q` asks. The second
# saying of rules/consents.py, for merges.
LATEST = sql.SQL("""
SELECT DISTINCT ON (who, purpose, channel, recipient, product) * FROM said
ORDER BY who, purpose, channel, recipient, product, at DESC, granted, id DESC
""")
ALLOWED = sql.SQL("""
(EXISTS (
    SELECT 1 FROM word y WHERE y.granted AND y.who = q.who AND y.recipient = q.recipient
      AND y.purpose IN (q.purpose, 'any') AND y.channel IN (q.channel, 'any')
      AND y.product IN (q.product, 'any'))
 AND NOT EXISTS (
    SELECT 1 FROM word n WHERE NOT n.granted AND n.who = q.who AND n.recipient = q.recipient
      AND n.purpose IN (q.purpose, 'any') AND n.channel IN (q.channel, 'any')
      AND n.product IN (q.product, 'any')
      AND NOT EXISTS (
        SELECT 1 FROM word y WHERE y.granted AND y.who = n.who AND y.recipient = n.recipient
          AND y.at > n.at
          AND y.purpose IN (q.purpose, 'any') AND n.purpose IN (y.purpose, 'any')
          AND y.channel IN (q.channel, 'any') AND n.channel IN (y.channel, 'any')
          AND y.product IN (q.product, 'any') AND n.product IN (y.product, 'any'))))
""")

# What each side may be sent by its own words alone, and what all words together would allow.
_REFUSALS = sql.SQL("""
WITH spoken AS (
    SELECT w.heir, w.id AS side, c.purpose, c.channel, c.recipient, c.product, c.granted, c.at,
           c.id
    FROM {sides} w JOIN parties_consent c ON c.party_id = w.id
), scope AS (SELECT DISTINCT heir, purpose, channel, recipient, product FROM spoken),
said AS (
    SELECT heir::text AS who, purpose, channel, recipient, product, granted, at, id FROM spoken
    UNION ALL SELECT heir::text || side::text, purpose, channel, recipient, product, granted, at, id
    FROM spoken
), word AS ({latest}), asked AS (
    SELECT s.*, s.heir::text AS who FROM scope s
    UNION ALL SELECT DISTINCT s.*, s.heir::text || x.side::text
    FROM scope s JOIN spoken x ON x.heir = s.heir AND x.recipient = s.recipient
         AND x.purpose IN (s.purpose, 'any') AND x.channel IN (s.channel, 'any')
         AND x.product IN (s.product, 'any')
), judged AS (
    SELECT q.heir, q.purpose, q.channel, q.recipient, q.product, q.who = q.heir::text AS whole,
           {allowed} AS allowed FROM asked q
)
INSERT INTO parties_consent
       (id, party_id, purpose, channel, recipient, product, granted, evidence, text_version, at)
SELECT gen_random_uuid(), j.heir, j.purpose, j.channel, j.recipient, j.product, false,
       'merge:' || (SELECT max(p.merge_id::text) FROM {pairs} p WHERE p.heir = j.heir), '',
       clock_timestamp()
FROM judged j GROUP BY j.heir, j.purpose, j.channel, j.recipient, j.product
HAVING bool_and(allowed) FILTER (WHERE whole) AND NOT bool_and(allowed) FILTER (WHERE NOT whole)
""")
# The words can't be taken back, so each is followed by the survivor's own word before it.
_RESTORED = sql.SQL("""
INSERT INTO parties_consent
       (id, party_id, purpose, channel, recipient, product, granted, evidence, text_version, at)
SELECT gen_random_uuid(), r.party_id, r.purpose, r.channel, r.recipient, r.product, true,
       'unmerge:' || m.merge_id, '', clock_timestamp()
FROM {pairs} m JOIN parties_consent r
     ON r.party_id = m.heir AND r.evidence = 'merge:' || m.merge_id
CROSS JOIN LATERAL (
    SELECT c.granted, c.at FROM parties_consent c WHERE c.party_id = r.party_id
      AND c.purpose IN (r.purpose, 'any') AND c.recipient = r.recipient
      AND c.channel IN (r.channel, 'any') AND c.product IN (r.product, 'any')
      AND c.evidence NOT LIKE 'merge:%%'
    ORDER BY c.at DESC, c.granted, c.id DESC LIMIT 1) mine
WHERE mine.granted AND mine.at < r.at
""")


def refusals(merging: Merging, column: PartyColumn) -> None:
    """Words of consent stay where they were said and are read together; a refusal of either
    holds on until a later word, also where the other one's permission is younger."""
    merging.note(column)
    statement = _RESTORED if merging.undo else _REFUSALS
    merging.execute(
        statement.format(sides=merging.sides, pairs=merging.pairs, latest=LATEST, allowed=ALLOWED)
    )
