"""Relations and service teams, derived as sets from what departments delivered.

What a command said (origin `command`) is never undone by an import.
"""

from __future__ import annotations

from django.db import connection

from liti.core.bulk import copy_rows
from liti.core.clock import business_date
from liti.core.ids import uuid7

POOL_DEPARTMENT = "direct"

_RELATIONS = """
CREATE TEMP TABLE parties_related ON COMMIT DROP AS
SELECT r.party_id AS from_id, o.id AS to_id, 'employee' AS kind, min(r.first_seen::date) AS since,
       min(r.source_id) AS source
FROM parties_sourcerecord r
JOIN parties_party o ON o.uscc = r.employer_uscc AND o.kind = 'organisation'
    AND o.status = 'active'
WHERE r.employer_uscc <> '' AND r.kind = 'person' AND r.party_id <> o.id GROUP BY 1, 2
UNION ALL
SELECT p.id, r.party_id, 'legal_representative', min(r.first_seen::date), min(r.source_id)
FROM parties_sourcerecord r
JOIN parties_party p ON p.id_number = r.legal_representative_id AND p.kind = 'person'
    AND p.status = 'active'
WHERE r.legal_representative_id <> '' AND r.kind = 'organisation' AND r.party_id <> p.id
GROUP BY 1, 2
"""
_SAME_RELATION = "x.from_party_id = n.from_id AND x.to_party_id = n.to_id AND x.kind = n.kind"

_DESIRED = """
CREATE TEMP TABLE parties_desired ON COMMIT DROP AS
WITH led AS (
    SELECT party_id FROM parties_serviceassignment
    WHERE valid_to IS NULL AND origin = 'command' AND role IN ('lead_rm', 'central_pool')
), named AS (
    SELECT r.party_id, r.rm_code, s.department, max(s.trust) AS trust,
           min(coalesce(r.rm_since, r.first_seen::date)) AS since
    FROM parties_sourcerecord r JOIN parties_source s ON s.code = r.source_id
    WHERE r.rm_code <> '' AND r.party_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM parties_handover h WHERE h.from_staff = r.rm_code AND h.at > r.last_seen)
    GROUP BY 1, 2, 3
), ranked AS (
    SELECT *, row_number() OVER (
        PARTITION BY party_id ORDER BY trust DESC, since, department, rm_code) AS place
    FROM named
)
SELECT party_id, rm_code AS staff_code, department, since,
       CASE WHEN place = 1 AND party_id NOT IN (SELECT party_id FROM led)
            THEN 'lead_rm' ELSE 'assistant_rm' END AS role
FROM ranked
UNION ALL
SELECT p.id, '', %(pool)s, p.created_on, 'central_pool' FROM parties_party p
WHERE p.status = 'active' AND p.id NOT IN (SELECT party_id FROM led)
  AND p.id NOT IN (SELECT party_id FROM named)
"""
_SAME_TASK = (
    "x.party_id = n.party_id AND x.staff_code = n.staff_code "
    "AND x.department = n.department AND x.role = n.role"
)


def refresh_relations() -> int:
    """Employees by the payroll's credit code, legal representatives by ID number."""
    today = business_date()
    with connection.cursor() as cursor:
        cursor.execute(_RELATIONS)
        cursor.execute(
            "UPDATE parties_relation x SET valid_to = greatest(%s, x.valid_from) "
            "WHERE valid_to IS NULL AND origin = 'source' "
            "AND NOT EXISTS (SELECT 1 FROM parties_related n WHERE " + _SAME_RELATION + ")",
            [today],
        )
        cursor.execute(
            "SELECT from_id, to_id, kind, since, source FROM parties_related n WHERE NOT EXISTS ("
            "SELECT 1 FROM parties_relation x WHERE (x.valid_to IS NULL OR x.ended_basis <> '')"
            " AND " + _SAME_RELATION + ")"
        )
        missing = cursor.fetchall()
        cursor.execute("DROP TABLE parties_related")
    return copy_rows(
        "parties_relation",
        ["id", "from_party_id", "to_party_id", "kind", "valid_from", "source", "origin"],
        [(uuid7(), *row, "source") for row in missing],
    )


def refresh_assignments() -> int:
    """RM codes of the departments become one service team; exactly one leads, else the pool."""
    today = business_date()
    with connection.cursor() as cursor:
        cursor.execute(_DESIRED, {"pool": POOL_DEPARTMENT})
        cursor.execute(
            "UPDATE parties_serviceassignment x SET valid_to = greatest(%s, x.valid_from) "
            "WHERE valid_to IS NULL AND origin = 'source' "
            "AND NOT EXISTS (SELECT 1 FROM parties_desired n WHERE " + _SAME_TASK + ")",
            [today],
        )
        cursor.execute(
            "SELECT party_id, staff_code, department, since, role FROM parties_desired n "
            "WHERE NOT EXISTS (SELECT 1 FROM parties_serviceassignment x "
            "WHERE x.valid_to IS NULL AND " + _SAME_TASK + ")"
        )
        missing = cursor.fetchall()
        cursor.execute("DROP TABLE parties_desired")
    return copy_rows(
        "parties_serviceassignment",
        ["id", "party_id", "staff_code", "department", "valid_from", "role", "origin"],
        [(uuid7(), *row, "source") for row in missing],
    )
