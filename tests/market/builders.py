"""Customers with an account and money, made through the rooms' own doors."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from stdnum.cn.ric import calc_check_digit

from liti.accounts.services import NewElectronicAccount, open_accounts
from liti.core.ids import uuid7
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.market import services
from liti.parties.services import NewPerson, register_person

DAY = date(2026, 11, 23)
CAREFUL, BOLD = "b", "c"


_numbers = count(1)


def person(birth_date: date = date(1985, 5, 5)) -> UUID:
    """Someone who signed up on line, with a valid resident ID of that birth date."""
    number = next(_numbers)
    stem = f"{110101 + number // 1000}{birth_date:%Y%m%d}{number % 1000:03d}"
    return register_person(
        NewPerson(
            name="张伟",
            id_number=stem + calc_check_digit(stem + "0"),
            mobile=f"138{number:08d}",
        )
    )


def account_of(party_id: UUID, amount_minor: int = 0, account_class: str = "II") -> UUID:
    """An electronic account of the person, with money paid in."""
    account_id = uuid7()
    open_accounts(
        [
            NewElectronicAccount(
                id=account_id,
                number=f"62{next(_numbers):014d}",
                party_id=party_id,
                account_class=account_class,
                opened_on=DAY,
            )
        ]
    )
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
