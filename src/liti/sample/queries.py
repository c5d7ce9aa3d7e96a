"""Reads of the sample bank: what it is, and the proof."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection

from liti.core.authority import BATCHES, open_to_all, query
from liti.core.roles import LEDGER
from liti.sample.compare import Verdict as Verdict
from liti.sample.compare import compared as compared
from liti.sample.compare import verdicts as verdicts
from liti.sample.models import SampleBank
from liti.sample.statement import EXPENSE as EXPENSE
from liti.sample.statement import INCOME as INCOME
from liti.sample.statement import Line as Line
from liti.sample.statement import balance_sheet as balance_sheet
from liti.sample.statement import income_statement as income_statement

OTHERS_MAX = 100


@dataclass(frozen=True, slots=True)
class SampleView:
    """The sample bank that is loaded. Its last `closed_days` days end as a bank's days do."""

    seed: int
    customers: int
    shift_days: int
    business_date: date
    closed_days: int

    @property
    def closed_from(self) -> date:
        """The first day that is closed; until the day before, the books are simulated."""
        return self.business_date - timedelta(days=self.closed_days)


@dataclass(frozen=True, slots=True)
class Proof:
    """Recorded balances against the ledger's running balances.

    `equal` counts rows whose balance after (the amount and its rounding, where there is
    one) is the recorded one; `rounded` those of them that needed 0.10; `others` names the
    transactions that differ otherwise: errors of ours.
    """

    rows: int
    equal: int
    rounded: int
    others: tuple[tuple[int, UUID, int, int | None], ...]

    @property
    def holds(self) -> bool:
        return self.rows == self.equal


@open_to_all("seed and size of the sample bank")
def sample_bank() -> SampleView | None:
    """The sample bank, or None where the bank is a real one."""
    row = SampleBank.objects.filter(pk=1).first()
    if row is None:
        return None
    return SampleView(row.seed, row.customers, row.shift_days, row.business_date, row.closed_days)


_JOINED = """
FROM sample_recordedbalance r
LEFT JOIN ledger_entry_v e ON e.account_id = r.account_id
     AND e.transfer_id = coalesce(r.rounding_transfer_id, r.transfer_id)
"""
_COUNTS = (
    "SELECT count(*), count(*) FILTER (WHERE r.balance_minor = e.balance_after_minor),"
    " count(*) FILTER (WHERE r.difference_minor <> 0)" + _JOINED
)
_OTHERS = (
    "SELECT r.trans_id, r.account_id, r.balance_minor, e.balance_after_minor" + _JOINED + ""
    " WHERE r.balance_minor IS DISTINCT FROM e.balance_after_minor LIMIT %s"
)


@query(staff=LEDGER, system=BATCHES)
def proof() -> Proof:
    """Compare every recorded balance with the ledger's."""
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS)
        rows, equal, rounded = cursor.fetchone()
        others: tuple[tuple[int, UUID, int, int | None], ...] = ()
        if rows != equal:  # naming them reads each account's entries again
            cursor.execute(_OTHERS, [OTHERS_MAX])
            others = tuple(cursor.fetchall())
    return Proof(rows, equal, rounded, others)


@query(staff=LEDGER, system=BATCHES)
def rounded_rows(limit: int = 50, offset: int = 0) -> list[tuple[int, UUID, UUID, int]]:
    """The rows that needed rounding: transaction, account, rounding transfer, ±10 minor."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trans_id, account_id, rounding_transfer_id, difference_minor"
            " FROM sample_recordedbalance WHERE difference_minor <> 0"
            " ORDER BY trans_id LIMIT %s OFFSET %s",
            [limit, offset],
        )
        return list(cursor.fetchall())
