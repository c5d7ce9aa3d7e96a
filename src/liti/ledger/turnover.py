"""Each subject's turnover of a day, kept so that no page sums transfers.

An account's entries are numbered without gap, so one number per account says what is folded
into the days already; the rest is what was posted since, whatever day it was booked on. The
view `ledger_turnover_v` gives both together, exact at any moment.
"""

from __future__ import annotations

from django.db import connection

from liti.core.steps import Chunk

# The most entries of one account in a chunk; a chunk holds less than twice as many.
ENTRIES_MAX = 100_000

# Two folds at once would count the same entries twice; readers and posting are not held up.
_ALONE = "LOCK TABLE ledger_folded IN SHARE ROW EXCLUSIVE MODE"
_FOLD = """
WITH waiting AS (
    SELECT a.number, a.gl_code, a.currency, a.normal_side, coalesce(f.seq, 0) AS first,
           least(a.entry_count, coalesce(f.seq, 0) + %(most)s) AS last
    FROM ledger_account a LEFT JOIN ledger_folded f ON f.account_number = a.number
    WHERE a.entry_count > coalesce(f.seq, 0)
), counted AS (
    SELECT waiting.*, sum(last - first) OVER (ORDER BY number) AS together FROM waiting
), due AS MATERIALIZED (
    SELECT * FROM counted WHERE together - (last - first) < %(most)s
), noted AS (
    INSERT INTO ledger_folded (account_number, seq) SELECT number, last FROM due
    ON CONFLICT (account_number) DO UPDATE SET seq = excluded.seq
), added AS (
    INSERT INTO ledger_daytotal AS t (booked_on, gl_code, currency, debits_minor, credits_minor)
    SELECT e.booked_on, d.gl_code, d.currency,
           coalesce(sum(abs(e.change_minor))
               FILTER (WHERE (e.change_minor > 0) = (d.normal_side = 'debit')), 0),
           coalesce(sum(abs(e.change_minor))
               FILTER (WHERE (e.change_minor > 0) <> (d.normal_side = 'debit')), 0)
    FROM due d JOIN ledger_entry e
        ON e.account_number = d.number AND e.seq > d.first AND e.seq <= d.last
    GROUP BY e.booked_on, d.gl_code, d.currency
    ON CONFLICT (booked_on, gl_code, currency) DO UPDATE
        SET debits_minor = t.debits_minor + excluded.debits_minor,
            credits_minor = t.credits_minor + excluded.credits_minor
)
SELECT coalesce(sum(last - first), 0)::bigint FROM due
"""


def fold(most: int = ENTRIES_MAX) -> Chunk:
    """Fold entries into their subjects' days, in the caller's transaction, until all that are
    in the books now are; done again it folds what came since."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE)
        cursor.execute(_FOLD, {"most": most})
        done = int(cursor.fetchone()[0])
    return Chunk(done=done, cursor="more" if done >= most else "")
