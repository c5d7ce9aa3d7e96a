"""The trial balance: every subject's turnover and balance, now or at the end of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection

from liti.core.authority import BATCHES, query
from liti.core.roles import LEDGER


@dataclass(frozen=True, slots=True)
class TrialBalanceLine:
    """One subject: its debit and credit turnover, and its closing balance on one side."""

    gl_code: str
    name_zh: str
    name_en: str
    currency: str
    accounts: int
    debits_minor: int
    credits_minor: int
    debit_balance_minor: int
    credit_balance_minor: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """All subjects of a day, and whether both sides agree."""

    on: date | None
    lines: tuple[TrialBalanceLine, ...]

    @property
    def debits_minor(self) -> int:
        return sum(line.debits_minor for line in self.lines)

    @property
    def credits_minor(self) -> int:
        return sum(line.credits_minor for line in self.lines)

    @property
    def balanced(self) -> bool:
        return self.debits_minor == self.credits_minor


_TRIAL_NOW = """
SELECT a.gl_code, s.name_zh, s.name_en, a.currency, s.normal_side, count(*),
       sum(a.debits_minor), sum(a.credits_minor)
FROM ledger_account a JOIN ledger_subject s ON s.code = a.gl_code
GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 4
"""
_TRIAL_ON = """
WITH moved AS (
    SELECT gl_code, currency, sum(debits_minor) AS debits, sum(credits_minor) AS credits
    FROM ledger_turnover_v WHERE booked_on <= %s GROUP BY gl_code, currency
), held AS (
    SELECT gl_code, currency, count(*) AS accounts FROM ledger_account GROUP BY gl_code, currency
)
SELECT h.gl_code, s.name_zh, s.name_en, h.currency, s.normal_side, h.accounts,
       coalesce(m.debits, 0), coalesce(m.credits, 0)
FROM held h JOIN ledger_subject s ON s.code = h.gl_code
LEFT JOIN moved m ON m.gl_code = h.gl_code AND m.currency = h.currency
ORDER BY h.gl_code, h.currency
"""


@query(staff=LEDGER, system=BATCHES)
def trial_balance(on: date | None = None) -> TrialBalance:
    """Turnover and balance by subject, now or at the end of a business date.

    No transfer is summed for it: each subject's turnover of a day is kept (turnover.py), and
    only what was posted since the last fold is added up, on the day it was booked on.
    """
    with connection.cursor() as cursor:
        if on is None:
            cursor.execute(_TRIAL_NOW)
        else:
            cursor.execute(_TRIAL_ON, [on])
        lines = tuple(_trial_line(row) for row in cursor.fetchall())
    return TrialBalance(on, lines)


def _trial_line(row: Sequence[Any]) -> TrialBalanceLine:
    debits, credits = int(row[6]), int(row[7])
    net = debits - credits
    on_debit_side = net > 0
    return TrialBalanceLine(
        gl_code=row[0],
        name_zh=row[1],
        name_en=row[2],
        currency=row[3],
        accounts=row[5],
        debits_minor=debits,
        credits_minor=credits,
        debit_balance_minor=net if on_debit_side else 0,
        credit_balance_minor=0 if on_debit_side else -net,
    )
