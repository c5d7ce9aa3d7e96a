"""Interest and statement fees of accounts, as the day's end posts them, in the order of ids."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from django.db import connection

from liti.accounts.rules import interest_minor, is_month_end
from liti.core import params
from liti.core.ids import uuid7_at
from liti.core.steps import Chunk
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger

CHUNK = 2_000
NOBODY = UUID(int=0)


def charge_fees(on: date, cursor: str) -> Chunk:
    """The statement fee of each account by its cycle, on the last day of the month.

    What a balance can't bear is not charged. A repeated chunk finds its transfers posted.
    """
    if not is_month_end(on):
        return Chunk(total=0)
    rows = _next(cursor)
    cycles = {cycle for _id, cycle, _currency in rows}
    fees = {c: int(params.find("accounts.statement_fee", on=on, scope=c) or 0) for c in cycles}
    income = ledger_queries.internal_account("fee.income")
    return _post(
        on,
        "statement_fee",
        [(id, income, fees[cycle], currency) for id, cycle, currency in rows if fees[cycle]],
        rows,
        cursor,
    )


def pay_interest(on: date, cursor: str) -> Chunk:
    """A month's interest on the balances at the end of each day, on the month's last day."""
    if not is_month_end(on):
        return Chunk(total=0)
    rows = _next(cursor)
    rate = Decimal(str(params.get("accounts.interest.rate_annual", on=on)))
    days_of_year = int(params.get("accounts.interest.days_of_year", on=on))
    sums = ledger_queries.daily_sums([id for id, *_rest in rows], on.replace(day=1), on)
    expense = ledger_queries.internal_account("interest.expense")
    due = [
        (expense, id, interest_minor(sums.get(id, 0), rate, days_of_year), currency)
        for id, _cycle, currency in rows
    ]
    return _post(on, "interest", [d for d in due if d[2]], rows, cursor)


def _next(cursor: str) -> list[tuple[UUID, str, str]]:
    """The next accounts: id, statement cycle, currency."""
    with connection.cursor() as database:
        database.execute(
            "SELECT id, statement_cycle FROM accounts_electronicaccount"
            " WHERE status <> 'closed' AND id > %s ORDER BY id LIMIT %s",
            [UUID(cursor) if cursor else NOBODY, CHUNK],
        )
        rows = database.fetchall()
    currencies = ledger_queries.currencies([id for id, _cycle in rows])
    return [(id, cycle, currencies[id]) for id, cycle in rows]


def _post(
    on: date,
    kind: str,
    due: Sequence[tuple[UUID, UUID, int, str]],
    rows: Sequence[tuple[UUID, str, str]],
    cursor: str,
) -> Chunk:
    """Post (debit, credit, amount, currency) of a chunk; the account is in the id."""
    midnight = datetime.combine(on, time(), UTC) + timedelta(hours=15)  # 23:00 in Shanghai
    results = ledger.post(
        [
            ledger.TransferRequest(
                id=uuid7_at(midnight, "accounts", kind, debit, credit),
                debit_account_id=debit,
                credit_account_id=credit,
                amount_minor=amount,
                kind=kind,
                booked_on=on,
                currency=currency,
            )
            for debit, credit, amount, currency in due
        ]
    )
    last = str(rows[-1][0]) if len(rows) == CHUNK else ""
    return Chunk(sum(result.ok for result in results), last)
