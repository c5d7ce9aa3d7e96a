"""Commands of the lending room: contracts with schedule, loan account and pay-out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts import services as accounts
from liti.core.authority import command, open_to_all
from liti.core.bulk import copy_rows
from liti.core.errors import InvalidInput
from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.lending.rules import ContractStatus, Method, lent_for, recorded_schedule
from liti.parties import queries as parties

LOANS = "1303"


@dataclass(frozen=True, slots=True)
class NewContract:
    """A contract that is on file: principal and instalment in minor units, term in months,
    the rate a year as a fraction. Instalments are equal and pay back principal and interest."""

    id: UUID
    number: str
    account_id: UUID
    party_id: UUID
    principal_minor: int
    instalment_minor: int
    months: int
    signed_on: date
    status: str = ContractStatus.RUNNING
    origin: str = "live"
    rate_annual: Decimal = Decimal(0)


@open_to_all("an id made from a contract's")
def loan_account_id(contract_id: UUID, signed_on: date) -> UUID:
    """The ledger account of a contract's principal."""
    return uuid7_at(_morning(signed_on), "lending.loan", contract_id)


@open_to_all("arithmetic")
def principal_of(instalment_minor: int, months: int, rate_annual: Decimal) -> int:
    """What equal instalments pay back at a rate, in minor units."""
    return lent_for(instalment_minor, months, rate_annual)


@command(system=("demo",))
@transaction.atomic
def open_contracts(contracts: Sequence[NewContract]) -> int:
    """Put contracts on the books: schedule, loan account, pay-out; those there already stay.

    The principal is paid out through interbank clearing on the day of signing: the books
    that the contracts come from show no pay-out on the borrower's account. The instalment
    is the recorded one. Raises InvalidInput for a contract whose instalments don't pay back
    its principal at its rate or whose status is not known.
    """
    for c in contracts:
        if c.status not in set(ContractStatus):
            raise InvalidInput(
                "lending.unknown_status",
                _("Contract %(number)s: there is no status %(status)s.")
                % {"number": c.number, "status": c.status},
            )
        if not 0 < c.principal_minor == lent_for(c.instalment_minor, c.months, c.rate_annual):
            raise InvalidInput(
                "lending.instalments_differ",
                _("Contract %(number)s: %(months)d instalments don't make its principal.")
                % {"number": c.number, "months": c.months},
            )
    held = parties.hold_many({c.party_id for c in contracts})
    accounts.hold_open({c.account_id for c in contracts if c.status != ContractStatus.SETTLED})
    loans = {c.id: loan_account_id(c.id, c.signed_on) for c in contracts}
    ledger.open_accounts(
        [
            ledger.NewAccount(
                loans[c.id], f"贷款 {c.number} / Loan {c.number}", LOANS, normal_side="debit"
            )
            for c in contracts
        ]
    )
    opened = copy_rows(
        "lending_contract",
        ["id", "number", "party_id", "account_id", "loan_account_id", "principal_minor",
         "instalment_minor", "months", "rate_annual", "method", "signed_on", "status", "origin"],
        (
            (c.id, c.number, held[c.party_id], c.account_id, loans[c.id], c.principal_minor,
             c.instalment_minor, c.months, c.rate_annual, Method.EQUAL_INSTALMENT, c.signed_on,
             c.status, c.origin)
            for c in contracts
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip
    copy_rows(
        "lending_scheduleline",
        ["contract_id", "period", "due_on", "principal_minor", "interest_minor"],
        (
            (c.id, line.period, line.due_on, line.principal_minor, line.interest_minor)
            for c in contracts
            for line in recorded_schedule(
                c.principal_minor, c.instalment_minor, c.months, c.signed_on, c.rate_annual
            )
        ),
        on_conflict_do_nothing=True,
    )
    clearing = ledger_queries.internal_account("clearing.interbank")
    ledger.post_history(
        [
            ledger.TransferRequest(
                id=uuid7_at(_morning(c.signed_on), "lending.payout", c.id),
                debit_account_id=loans[c.id],
                credit_account_id=clearing,
                amount_minor=c.principal_minor,
                kind="loan_payout",
                booked_on=c.signed_on,
                narrative=c.number,
                origin=c.origin,
            )
            for c in contracts
        ],
        all_or_none=True,
    )
    return opened


def _morning(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 1, tzinfo=UTC)
