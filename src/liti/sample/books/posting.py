"""Recorded rows as transfers, each with what the ledger must show after it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from uuid import UUID

from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger.services import TransferRequest
from liti.lending.queries import LoanKey
from liti.sample import names
from liti.sample.books.chain import Chained
from liti.sample.books.counter import kind_and_counter

STEPS_A_ROW = 8  # moments between two rows of a day: a row, its rounding, its loan's share


@dataclass(slots=True)
class Recorded:
    """Transfers in the order of days, and the proof's rows (transaction, account, transfer,
    rounding transfer or None, recorded balance, difference)."""

    transfers: list[TransferRequest] = field(default_factory=list)
    proofs: list[tuple[object, ...]] = field(default_factory=list)


def recorded(
    books: Iterable[Sequence[Chained]],
    ids: Mapping[int, UUID],
    loans: Mapping[UUID, Sequence[LoanKey]],
    shift: timedelta,
) -> Recorded:
    """What the rows of some accounts become. Within a day each account keeps its order."""
    rows = [c for found in books for c in found]
    rows.sort(key=lambda c: c.row.day)  # stable
    done = Recorded()
    paid: dict[UUID, int] = {}
    place, today = 0, date.min
    for chained in rows:
        row = chained.row
        place, today = (place + 1, today) if row.day == today else (0, row.day)
        account, booked_on = ids[row.account_id], row.day + shift
        kind, code = kind_and_counter(row)
        counter = ledger_queries.internal_account(code)
        loan = _running(loans.get(account, ()), booked_on) if kind == "loan_instalment" else None
        if loan is not None:
            counter = loan.loan_account_id
        if loan is not None:
            period = paid.get(loan.loan_account_id, 0)
            paid[loan.loan_account_id] = period + 1
            done.transfers += _of_loan(loan, period, row.amount_minor, booked_on, place)
        moment = names.at(booked_on, place * STEPS_A_ROW + 2)
        main = uuid7_at(moment, "berka", row.id)
        done.transfers.append(
            _transfer(main, account, counter, row.change_minor, kind, booked_on, f"T{row.id}")
        )
        extra: UUID | None = None
        if difference := chained.difference_minor:
            moment = names.at(booked_on, place * STEPS_A_ROW + 3)
            extra = uuid7_at(moment, "berka.rounding", row.id)
            rounding = ledger_queries.internal_account("rounding")
            done.transfers.append(
                _transfer(extra, account, rounding, difference, "rounding", booked_on, f"T{row.id}")
            )
        proofs = (row.id, account, main, extra, row.balance_minor, chained.difference_minor)
        done.proofs.append(proofs)
    return done


def _running(loans: Sequence[LoanKey], on: date) -> LoanKey | None:
    """The loan that an instalment of a day belongs to: the latest one signed before."""
    signed = [loan for loan in loans if loan.signed_on < on]
    return signed[-1] if signed else None


def _of_loan(
    loan: LoanKey, period: int, paid_minor: int, on: date, place: int
) -> list[TransferRequest]:
    """The bank's side of a recorded instalment, before it: its interest is added to what is
    owed, and so is what the bank collected more than the contract says (it took whole crowns).
    The source shows neither, so both are marked as simulated."""
    _due_on, principal, interest = loan.due[period]
    account = loan.loan_account_id
    found = []
    more_owed = (
        ("loan_interest", "interest.income", interest),
        ("rounding", "rounding", paid_minor - principal - interest),
    )
    for step, (kind, code, change) in enumerate(more_owed):
        if change:
            moment = names.at(on, place * STEPS_A_ROW + step)
            other = ledger_queries.internal_account(code)
            sides = (account, other) if change > 0 else (other, account)
            found.append(
                TransferRequest(
                    id=uuid7_at(moment, "sample.loan", kind, loan.number, period),
                    debit_account_id=sides[0],
                    credit_account_id=sides[1],
                    amount_minor=abs(change),
                    kind=kind,
                    booked_on=on,
                    narrative=loan.number,
                    origin="simulated",
                )
            )
    return found


def _transfer(
    id: UUID, account: UUID, counter: UUID, change_minor: int, kind: str, day: date, note: str
) -> TransferRequest:
    money_in = change_minor > 0
    return TransferRequest(
        id=id,
        debit_account_id=counter if money_in else account,
        credit_account_id=account if money_in else counter,
        amount_minor=abs(change_minor),
        kind=kind,
        booked_on=day,
        narrative=note,
        origin="recorded",
    )
