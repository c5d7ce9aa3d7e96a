"""Income statement and balance sheet of the sample bank, by where each line comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import connection

from liti.core.authority import BATCHES, query
from liti.core.roles import LEDGER

INCOME, EXPENSE = ("6011", "6021", "6051"), ("6411", "6421", "6601", "6702")


@dataclass(frozen=True, slots=True)
class Line:
    """A subject and kind of entry with what it came to, in minor units, by origin. On an
    income or expense line positive means earned or spent."""

    gl_code: str
    kind: str
    recorded_minor: int
    simulated_minor: int
    live_minor: int

    @property
    def total_minor(self) -> int:
        return self.recorded_minor + self.simulated_minor + self.live_minor


_LINES = """
SELECT gl_code, {kind}, coalesce(sum(change_minor) FILTER (WHERE origin = 'recorded'), 0)::bigint,
       coalesce(sum(change_minor) FILTER (WHERE origin = 'simulated'), 0)::bigint,
       coalesce(sum(change_minor) FILTER (WHERE origin = 'live'), 0)::bigint
FROM ledger_posting_v WHERE booked_on BETWEEN %(first)s AND %(last)s {only}
GROUP BY 1, 2 ORDER BY 1, 2
"""
_BY_KIND = _LINES.format(kind="kind", only="AND gl_code = ANY(%(subjects)s)")
_BY_SUBJECT = _LINES.format(kind="''", only="AND gl_code < '6'")
EVER = date(1900, 1, 1)


@query(staff=LEDGER, system=BATCHES)
def income_statement(first: date, last: date) -> list[Line]:
    """What was earned and spent from one day to another, by subject and kind of entry."""
    subjects = [*INCOME, *EXPENSE]
    with connection.cursor() as cursor:
        cursor.execute(_BY_KIND, {"first": first, "last": last, "subjects": subjects})
        return [Line(*row) for row in cursor.fetchall()]


@query(staff=LEDGER, system=BATCHES)
def balance_sheet(on: date) -> list[Line]:
    """What each subject holds at the end of a day, by the origin of what made it. The result
    of all years stands beside it as the difference."""
    with connection.cursor() as cursor:
        cursor.execute(_BY_SUBJECT, {"first": EVER, "last": on})
        return [Line(*row) for row in cursor.fetchall()]
