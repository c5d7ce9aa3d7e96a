"""`liti check`: recompute the books from the transfers and name any difference."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

FINDINGS_MAX = 1000


@dataclass(frozen=True, slots=True)
class Finding:
    """A difference: which rule, on which account or transfer, and the figures."""

    rule: str
    subject: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verification:
    """What was recomputed and what was found."""

    accounts: int
    transfers: int
    entries: int
    findings: tuple[Finding, ...]

    @property
    def clean(self) -> bool:
        return not self.findings


# Each query yields (account or transfer, text) for every row that breaks its rule.
_TOTALS = """
WITH sums AS (
    SELECT number, sum(debit) AS debits, sum(credit) AS credits, count(*) AS entries FROM (
        SELECT debit_number AS number, amount_minor AS debit, 0 AS credit
        FROM ledger_transfer
        UNION ALL SELECT credit_number, 0, amount_minor FROM ledger_transfer
    ) sides GROUP BY number
)
SELECT coalesce(a.code, a.name, 'no account')
       || ' (' || coalesce(a.id::text, s.number::text) || ')',
       format('account says debits %%s, credits %%s, entries %%s; transfers say %%s, %%s, %%s',
              a.debits_minor, a.credits_minor, a.entry_count,
              coalesce(s.debits, 0), coalesce(s.credits, 0), coalesce(s.entries, 0))
FROM ledger_account a FULL JOIN sums s ON s.number = a.number
WHERE a.id IS NULL OR a.debits_minor <> coalesce(s.debits, 0)
   OR a.credits_minor <> coalesce(s.credits, 0) OR a.entry_count <> coalesce(s.entries, 0)
LIMIT %s
"""
_CHAIN = """
SELECT coalesce(a.code, a.name) || ' (' || coalesce(a.id::text, e.account_number::text) || ')',
       format('entry %%s: balance after is %%s, the entries before and this one give %%s',
              e.seq, e.balance_after_minor, e.computed)
FROM (
    SELECT account_number, seq, balance_after_minor,
           sum(change_minor) OVER w AS computed, row_number() OVER w AS position
    FROM ledger_entry WINDOW w AS (PARTITION BY account_number ORDER BY seq)
) e LEFT JOIN ledger_account a ON a.number = e.account_number
WHERE e.balance_after_minor <> e.computed OR e.seq <> e.position LIMIT %s
"""
_SIDES = """
WITH sides AS (
    SELECT t.id, t.debit_number AS number, t.debit_seq AS seq, t.amount_minor,
           'debit' AS side
    FROM ledger_transfer t
    UNION ALL
    SELECT t.id, t.credit_number, t.credit_seq, t.amount_minor, 'credit'
    FROM ledger_transfer t
)
SELECT format('transfer %%s', coalesce(s.id, e.transfer_id)),
       format('account %%s: the transfer''s %%s side is %%s, the entry says %%s',
              coalesce(a.id::text, e.account_number::text), coalesce(s.side, 'missing'),
              s.amount_minor, e.change_minor)
FROM sides s
JOIN ledger_account a ON a.number = s.number
FULL JOIN ledger_entry e ON e.account_number = s.number AND e.seq = s.seq
WHERE e.account_number IS NULL OR s.id IS NULL OR e.transfer_id <> s.id
   OR e.change_minor <> CASE WHEN a.normal_side = s.side
                             THEN s.amount_minor ELSE -s.amount_minor END
LIMIT %s
"""
_CURRENCY = """
SELECT currency, format('debits %%s, credits %%s', sum(debits_minor), sum(credits_minor))
FROM ledger_account GROUP BY currency HAVING sum(debits_minor) <> sum(credits_minor) LIMIT %s
"""
_FLOOR = """
SELECT coalesce(code, name) || ' (' || id || ')',
       format('balance %%s is below the floor %%s', balance_minor, floor_minor)
FROM ledger_account WHERE balance_minor < floor_minor LIMIT %s
"""
_HELD = """
WITH sides AS (
    SELECT number, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT debit_number AS number, amount_minor - settled_minor AS debit, 0 AS credit
        FROM ledger_hold WHERE status = 'pending'
        UNION ALL
        SELECT credit_number, 0, amount_minor - settled_minor
        FROM ledger_hold WHERE status = 'pending'
    ) s GROUP BY number
)
SELECT coalesce(a.code, a.name, 'no account')
       || ' (' || coalesce(a.id::text, s.number::text) || ')',
       format('account says held %%s and %%s; its holds say %%s and %%s', a.held_debits_minor,
              a.held_credits_minor, coalesce(s.debits, 0), coalesce(s.credits, 0))
FROM ledger_account a FULL JOIN sides s ON s.number = a.number
WHERE a.number IS NULL OR a.held_debits_minor <> coalesce(s.debits, 0)
   OR a.held_credits_minor <> coalesce(s.credits, 0)
LIMIT %s
"""
_SETTLED = """
SELECT format('hold %%s', h.id),
       format('says settled %%s, its transfers %%s', h.settled_minor, coalesce(s.settled, 0))
FROM ledger_hold h FULL JOIN (
    SELECT d.hold_id, sum(t.amount_minor) AS settled
    FROM ledger_detail d JOIN ledger_transfer t ON t.id = d.transfer_id
    WHERE d.hold_id IS NOT NULL GROUP BY d.hold_id
) s ON s.hold_id = h.id
WHERE h.id IS NULL OR h.settled_minor <> coalesce(s.settled, 0) LIMIT %s
"""
_REVERSED = """
SELECT format('transfer %%s', o.id), format('moved %%s, taken back %%s', o.amount_minor, r.back)
FROM (
    SELECT d.reverses_id, sum(t.amount_minor) AS back
    FROM ledger_detail d JOIN ledger_transfer t ON t.id = d.transfer_id
    WHERE d.reverses_id IS NOT NULL GROUP BY d.reverses_id
) r LEFT JOIN ledger_transfer o ON o.id = r.reverses_id
WHERE o.id IS NULL OR r.back > o.amount_minor LIMIT %s
"""
_TURNOVER = """
WITH booked AS (
    SELECT a.gl_code, a.currency, s.booked_on, sum(debit) AS debits, sum(credit) AS credits FROM (
        SELECT debit_number AS number, booked_on, amount_minor AS debit, 0 AS credit
        FROM ledger_transfer
        UNION ALL
        SELECT credit_number, booked_on, 0, amount_minor FROM ledger_transfer
    ) s JOIN ledger_account a ON a.number = s.number GROUP BY 1, 2, 3
), kept AS (
    SELECT gl_code, currency, booked_on, sum(debits_minor) AS debits,
           sum(credits_minor) AS credits
    FROM ledger_turnover_v GROUP BY 1, 2, 3
)
SELECT format('%%s %%s of %%s', coalesce(b.gl_code, k.gl_code), coalesce(b.currency, k.currency),
              coalesce(b.booked_on, k.booked_on)),
       format('kept are debits %%s, credits %%s; transfers say %%s, %%s', coalesce(k.debits, 0),
              coalesce(k.credits, 0), coalesce(b.debits, 0), coalesce(b.credits, 0))
FROM booked b FULL JOIN kept k ON k.gl_code = b.gl_code AND k.currency = b.currency
    AND k.booked_on = b.booked_on
WHERE coalesce(b.debits, 0) <> coalesce(k.debits, 0)
   OR coalesce(b.credits, 0) <> coalesce(k.credits, 0)
LIMIT %s
"""
_RULES = {
    "an account's totals equal its transfers": _TOTALS,
    "each entry's balance follows from the one before": _CHAIN,
    "each transfer has its two entries": _SIDES,
    "debits equal credits in each currency": _CURRENCY,
    "no balance is below its floor": _FLOOR,
    "what is held on an account equals its holds": _HELD,
    "what a hold settled equals its transfers": _SETTLED,
    "no more is taken back than was moved": _REVERSED,
    "a subject's turnover of a day equals its transfers": _TURNOVER,
}


_COUNTS = """
SELECT (SELECT count(*) FROM ledger_account), (SELECT count(*) FROM ledger_transfer),
       (SELECT count(*) FROM ledger_entry)
"""


def verify() -> Verification:
    """Recompute all books. At most FINDINGS_MAX findings a rule are named."""
    findings = tuple(_findings())
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        accounts, transfers, entries = cursor.fetchone()
    return Verification(accounts, transfers, entries, findings)


def _findings() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        for rule, sql in _RULES.items():
            cursor.execute(sql, [FINDINGS_MAX])
            for subject, detail in cursor.fetchall():
                yield Finding(rule, subject or "?", detail)
