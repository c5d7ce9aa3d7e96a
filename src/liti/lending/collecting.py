"""Instalments on their due dates: collected, tried again in the days of grace, then missed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.db import connection

from liti.core import params
from liti.core.errors import Refused
from liti.core.ids import uuid7_at
from liti.core.steps import Chunk
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.lending.models import Contract
from liti.lending.rules import (
    COLLECTION_STATES,
    CONTRACT_STATES,
    CollectionState,
    ContractStatus,
)

CHUNK = 2_000
TRYING = "trying"
PAYMENT = "loan_instalment"

_DUE = """
INSERT INTO lending_collection (contract_id, period, due_on, state, attempts, amount_minor, reason)
SELECT l.contract_id, l.period, l.due_on, 'waiting', 0, 0, ''
FROM lending_scheduleline l JOIN lending_contract c ON c.id = l.contract_id
WHERE l.due_on = %(on)s AND c.status = ANY(%(statuses)s)
ON CONFLICT DO NOTHING
"""
_NEXT = """
SELECT k.contract_id, k.period, k.due_on, c.account_id, c.loan_account_id, c.number, c.status,
       l.principal_minor, l.interest_minor
FROM lending_collection k JOIN lending_contract c ON c.id = k.contract_id
JOIN lending_scheduleline l ON l.contract_id = k.contract_id AND l.period = k.period
WHERE k.state = 'waiting' AND (k.tried_on IS NULL OR k.tried_on < %(on)s)
ORDER BY k.contract_id, k.period LIMIT %(limit)s FOR UPDATE OF k
"""
_WRITE = """
UPDATE lending_collection k SET state = n.state, reason = n.reason, amount_minor = n.amount,
       tried_on = %(on)s, attempts = k.attempts + 1
FROM unnest(%(contracts)s::uuid[], %(periods)s::int[], %(states)s::text[], %(reasons)s::text[],
            %(amounts)s::bigint[]) AS n (contract_id, period, state, reason, amount)
WHERE k.contract_id = n.contract_id AND k.period = n.period
"""


@dataclass(frozen=True, slots=True)
class _Due:
    contract_id: UUID
    period: int
    due_on: date
    account_id: UUID
    loan_account_id: UUID
    number: str
    status: str
    principal_minor: int
    interest_minor: int


def collect_due(on: date, cursor: str) -> Chunk:
    """One chunk of the instalments that are due on the day or still wait; each once a day.

    Never more principal than is still owed is taken with the interest. A contract whose
    instalment is missed is in arrears; one that owes nothing more is settled.
    """
    if not cursor:
        _note_due(on)
    rows = _next(on)
    if not rows:
        return Chunk()
    owed = ledger_queries.balances([row.loan_account_id for row in rows])
    retry_days = int(params.get("lending.instalment.retry_days", on=on))
    outcomes = []
    for row in rows:
        principal = min(row.principal_minor, owed.get(row.loan_account_id, 0))
        results = _collect(on, row, principal)
        paid = all(result.ok for result in results)
        late = (on - row.due_on).days >= retry_days
        if paid:
            owed[row.loan_account_id] -= principal
        state = (
            CollectionState.PAID
            if paid
            else CollectionState.MISSED
            if late
            else CollectionState.WAITING
        )
        if state != CollectionState.WAITING:
            COLLECTION_STATES.require(CollectionState.WAITING, state)
        reason = next((str(r.code) for r in results if not r.ok), "")
        outcomes.append((row, state, reason, principal + row.interest_minor if paid else 0))
    _write(on, outcomes)
    _move_contracts(outcomes, owed)
    return Chunk(len(rows), TRYING if len(rows) == CHUNK else "")


def _collect(on: date, row: _Due, principal_minor: int) -> Sequence[ledger.TransferResult]:
    """The interest is added to what is owed, and the instalment comes as one payment, as the
    borrower sees it. Both or neither."""
    income = ledger_queries.internal_account("interest.income")
    sides = [
        ("loan_interest", row.loan_account_id, income, row.interest_minor),
        (PAYMENT, row.account_id, row.loan_account_id, principal_minor + row.interest_minor),
    ]
    requests = [_request(on, row, *side) for side in sides if side[-1]]
    try:
        return ledger.post(requests, all_or_none=True)
    except Refused as refusal:
        code = refusal.code.removeprefix("ledger.")
        return [ledger.TransferResult(requests[-1].id, "refused", code, row.account_id)]


def _request(
    on: date, row: _Due, kind: str, debit: UUID, credit: UUID, amount_minor: int
) -> ledger.TransferRequest:
    return ledger.TransferRequest(
        id=_transfer_id(row, kind),
        debit_account_id=debit,
        credit_account_id=credit,
        amount_minor=amount_minor,
        kind=kind,
        booked_on=on,
        narrative=row.number,
    )


def _note_due(on: date) -> None:
    statuses = list(params.get("lending.instalment.collected_from", on=on))
    with connection.cursor() as database:
        database.execute(_DUE, {"on": on, "statuses": statuses})


def _next(on: date) -> list[_Due]:
    with connection.cursor() as database:
        database.execute(_NEXT, {"on": on, "limit": CHUNK})
        return [_Due(*row) for row in database.fetchall()]


def _write(on: date, outcomes: Sequence[tuple[_Due, CollectionState, str, int]]) -> None:
    with connection.cursor() as database:
        database.execute(
            _WRITE,
            {
                "on": on,
                "contracts": [row.contract_id for row, *_rest in outcomes],
                "periods": [row.period for row, *_rest in outcomes],
                "states": [state.value for _row, state, *_rest in outcomes],
                "reasons": [reason for *_head, reason, _amount in outcomes],
                "amounts": [amount for *_head, amount in outcomes],
            },
        )


def _move_contracts(
    outcomes: Sequence[tuple[_Due, CollectionState, str, int]], owed: dict[UUID, int]
) -> None:
    """Arrears and settlement, each contract once."""
    for row, state, _reason, _amount in outcomes:
        status = None
        if state is CollectionState.PAID and not owed.get(row.loan_account_id, 0):
            status = ContractStatus.SETTLED
        elif state is CollectionState.MISSED and row.status == ContractStatus.RUNNING:
            status = ContractStatus.IN_ARREARS
        if status is not None:
            CONTRACT_STATES.require(row.status, status)
            Contract.objects.filter(id=row.contract_id).update(status=status)


def _transfer_id(row: _Due, kind: str) -> UUID:
    midnight = datetime.combine(row.due_on, time(), UTC)
    return uuid7_at(midnight, "lending.collect", row.contract_id, row.period, kind)
