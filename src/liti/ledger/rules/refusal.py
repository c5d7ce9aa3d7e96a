"""A refusal on its way out of the rules, and those that an account's state makes."""

from __future__ import annotations

from uuid import UUID

from liti.ledger.rules.accounts import Position, Status
from liti.ledger.rules.codes import Code


class Refusal(Exception):
    """Why a request is not granted; `detail` names the limit."""

    def __init__(self, code: Code, account_id: UUID | None = None, detail: str = "") -> None:
        super().__init__(code)
        self.code, self.account_id, self.detail = code, account_id, detail


def check_state(debit: Position, credit: Position, currency: str) -> None:
    """Raise where an account takes no such posting now."""
    for position in (debit, credit):
        if position.status in (Status.CLOSED, Status.FROZEN):
            raise Refusal(Code.ACCOUNT_CLOSED, position.id)
    for position, comes in ((debit, not debit.credit_normal), (credit, credit.credit_normal)):
        if position.status == Status.CLOSING and comes:
            raise Refusal(Code.ACCOUNT_CLOSED, position.id)
    if debit.no_debit:
        raise Refusal(Code.NO_DEBIT, debit.id)
    if credit.no_credit:
        raise Refusal(Code.NO_CREDIT, credit.id)
    for position in (debit, credit):
        if position.currency != currency:
            raise Refusal(Code.CURRENCY_MISMATCH, position.id)
