"""Standing orders on their days: paid, tried again while the money is missing, then skipped."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db import connection

from liti.core import params
from liti.core.ids import uuid7_at
from liti.core.steps import Chunk
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.payments.rules import DUE_STATES, DueState, gives_up

CHUNK = 2_000
TRYING = "trying"

# In a shorter month what is due later falls on its last day.
_DUE = """
INSERT INTO payments_standingorderdue (order_id, due_on, state, attempts, reason)
SELECT id, %(on)s, 'waiting', 0, '' FROM payments_standingorder
WHERE (day_of_month = %(day)s OR (%(month_end)s AND day_of_month > %(day)s))
  AND valid_from <= %(on)s AND (ended_on IS NULL OR ended_on > %(on)s)
ON CONFLICT DO NOTHING
"""
_NEXT = """
SELECT d.order_id, d.due_on, o.account_id, o.amount_minor, o.kind, o.reference
FROM payments_standingorderdue d JOIN payments_standingorder o ON o.id = d.order_id
WHERE d.state = 'waiting' AND (d.tried_on IS NULL OR d.tried_on < %(on)s)
ORDER BY d.order_id, d.due_on LIMIT %(limit)s FOR UPDATE OF d
"""
_WRITE = """
UPDATE payments_standingorderdue d SET state = n.state, reason = n.reason,
       transfer_id = n.transfer_id, tried_on = %(on)s, attempts = d.attempts + 1
FROM unnest(%(orders)s::uuid[], %(dues)s::date[], %(states)s::text[], %(reasons)s::text[],
            %(transfers)s::uuid[]) AS n (order_id, due_on, state, reason, transfer_id)
WHERE d.order_id = n.order_id AND d.due_on = n.due_on
"""


def pay_due(on: date, cursor: str) -> Chunk:
    """One chunk of what is due on the day or still waits; each is tried once a day.

    A transfer's id is that of its order and due date, so that it is never paid twice.
    """
    if not cursor:
        _note_due(on)
    rows = _next(on)
    if not rows:
        return Chunk()
    clearing = ledger_queries.internal_account("clearing.interbank")
    requests = [
        ledger.TransferRequest(
            id=_transfer_id(order, due_on),
            debit_account_id=account,
            credit_account_id=clearing,
            amount_minor=amount,
            kind=kind,
            booked_on=on,
            narrative=reference,
        )
        for order, due_on, account, amount, kind, reference in rows
    ]
    results = ledger.post(requests)
    retry_days = int(params.get("payments.standing_order.retry_days", on=on))
    states, reasons = [], []
    for row, result in zip(rows, results, strict=True):
        late = gives_up(row[1], on, retry_days)
        state = DueState.PAID if result.ok else DueState.SKIPPED if late else DueState.WAITING
        if state != DueState.WAITING:
            DUE_STATES.require(DueState.WAITING, state)
        states.append(state.value)
        reasons.append("" if result.ok else str(result.code))
    with connection.cursor() as database:
        database.execute(
            _WRITE,
            {
                "on": on,
                "orders": [row[0] for row in rows],
                "dues": [row[1] for row in rows],
                "states": states,
                "reasons": reasons,
                "transfers": [
                    q.id if r.ok else None for q, r in zip(requests, results, strict=True)
                ],
            },
        )
    return Chunk(len(rows), TRYING if len(rows) == CHUNK else "")


def _note_due(on: date) -> None:
    month_end = on.month != (date.fromordinal(on.toordinal() + 1)).month
    with connection.cursor() as database:
        database.execute(_DUE, {"on": on, "day": on.day, "month_end": month_end})


def _next(on: date) -> list[tuple[UUID, date, UUID, int, str, str]]:
    with connection.cursor() as database:
        database.execute(_NEXT, {"on": on, "limit": CHUNK})
        return list(database.fetchall())


def _transfer_id(order_id: UUID, due_on: date) -> UUID:
    return uuid7_at(datetime.combine(due_on, time(), UTC), "payments.standing", order_id, due_on)
