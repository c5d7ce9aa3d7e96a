"""Customers with an account and money, made through the rooms' own doors."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from liti.accounts import queries as aq
from liti.core.ids import uuid7
from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post_one
from liti.market import services
from liti.parties import queries as pq

DAY = date(2026, 11, 23)
CAREFUL, BOLD = "b", "c"


def person(birth_date: date = date(1985, 5, 5)) -> UUID:
    party_id = uuid7()
    pq.PEOPLE[party_id] = pq.PartyView(party_id, birth_date)
    return party_id


def account_of(party_id: UUID, amount_minor: int = 0, account_class: str = "II") -> UUID:
    account_id = uuid7()
    aq.ACCOUNTS.setdefault(party_id, []).append(aq.AccountView(account_id, account_class))
    open_accounts([NewAccount(account_id, "a customer", "2011")])
    if amount_minor:
        post_one(
            TransferRequest(
                uuid7(), internal_account("cash"), account_id, amount_minor, "deposit", DAY
            )
        )
    return account_id


def assess(party_id: UUID, answer: str = CAREFUL) -> None:
    answers = {q["code"]: answer for q in services.questionnaire()["questions"]}
    services.assess(party_id, answers)


def buyer(amount_minor: int = 100_000) -> tuple[UUID, UUID]:
    """A customer who may buy: adult, assessed, with money on an own account."""
    party_id = person()
    assess(party_id)
    return party_id, account_of(party_id, amount_minor)
