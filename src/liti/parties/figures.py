"""The bank's key figures about its customers, in one pass over the records."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db import connection

from liti.core.authority import BATCHES, query
from liti.core.roles import STAFF


@dataclass(frozen=True, slots=True)
class DepartmentFigures:
    """One department's view: how many it knows, how many of them nobody else knows."""

    department: str
    records: int
    parties: int
    privately_held: int


@dataclass(frozen=True, slots=True)
class PartyFigures:
    """`privately_held`: persons known to exactly one department; the share is of persons."""

    source_records: int
    parties: int
    persons: int
    organisations: int
    duplicates_removed: int
    privately_held: int
    privately_held_share: Decimal
    for_review: int
    conflicts: int
    by_department: tuple[DepartmentFigures, ...]


_HELD = """
WITH held AS (
    SELECT r.party_id, r.kind, s.department, count(*) AS records
    FROM parties_sourcerecord r JOIN parties_source s ON s.code = r.source_id
    WHERE r.party_id IS NOT NULL GROUP BY 1, 2, 3
), spread AS (
    SELECT *, count(*) OVER (PARTITION BY party_id) = 1 AND kind = 'person' AS alone FROM held
)
SELECT department, sum(records)::bigint, count(*), count(*) FILTER (WHERE alone)
FROM spread GROUP BY 1 ORDER BY 1
"""


@query(staff=STAFF, system=BATCHES)
def figures() -> PartyFigures:
    """Records in, customers out, duplicates removed, privately held – of what is matched."""
    with connection.cursor() as cursor:
        cursor.execute(_HELD)
        departments = tuple(DepartmentFigures(*row) for row in cursor.fetchall())
        cursor.execute(
            "SELECT (SELECT count(*) FROM parties_sourcerecord), "
            "count(*) FILTER (WHERE kind = 'person'), "
            "count(*) FILTER (WHERE kind = 'organisation'), "
            "(SELECT count(*) FROM parties_matchpair WHERE decision = 'review'), "
            "(SELECT count(*) FROM parties_matchpair WHERE decision = 'conflict') "
            "FROM parties_party WHERE status = 'active'"
        )
        records, persons, organisations, review, conflicts = cursor.fetchone()
    alone = sum(d.privately_held for d in departments)
    matched = sum(d.records for d in departments)
    return PartyFigures(
        source_records=records,
        parties=persons + organisations,
        persons=persons,
        organisations=organisations,
        duplicates_removed=max(0, matched - persons - organisations),
        privately_held=alone,
        privately_held_share=round(Decimal(alone) / persons, 4) if persons else Decimal(0),
        for_review=review,
        conflicts=conflicts,
        by_department=departments,
    )
