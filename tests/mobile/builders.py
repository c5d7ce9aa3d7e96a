"""A customer of the app with money, a bound card, and a clearing house that says yes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import count
from uuid import UUID

from django.test import Client
from stdnum.cn.ric import calc_check_digit

from liti.accounts.models import BoundCard
from liti.accounts.services import NewElectronicAccount, open_accounts
from liti.core.ids import uuid7
from liti.core.models import User
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.market import queries as market
from liti.parties.services import NewPerson, register_person
from liti.payments.clearing import Answer

DAY = date(2026, 11, 25)
PASSWORD = "a long word of his own"
numbers = count(3_000)


@dataclass(frozen=True)
class Person:
    """A customer who is signed in."""

    party: UUID
    account: UUID
    card: UUID
    user: User
    browser: Client

    @property
    def way(self) -> str:
        return f"{self.account}/{self.card}"


class YesHouse:
    """A clearing house that pays everything, and counts."""

    seen: list[UUID] = []

    def submit(self, instruction):
        self.seen.append(instruction.id)
        return Answer("ACSC", "", f"CH{len(self.seen)}")


def a_person(amount_minor: int = 500_000, language: str = "en") -> Person:
    number = next(numbers)
    stem = f"11010119850606{number % 1000:03d}"
    party = register_person(
        NewPerson("张伟", stem + calc_check_digit(stem + "0"), f"1370000{number}")
    )
    account = uuid7()
    open_accounts([NewElectronicAccount(account, f"63{number:014d}", party, "II", DAY)])
    post_one(
        TransferRequest(uuid7(), internal_account("cash"), account, amount_minor, "deposit", DAY)
    )
    card = BoundCard.objects.create(
        account_id=account,
        pan_masked="621485******3438",
        issuer="招商银行",
        holder_name="张伟",
        status="active",
        is_default=True,
        bound_on=DAY,
    )
    user = User.objects.create_user(f"p{number}", password=PASSWORD, kind="customer",
                                    party_id=party)  # fmt: skip
    browser = Client(headers={"accept-language": language})
    browser.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return Person(party, account, card.id, user, browser)


def assess(person: Person) -> None:
    """He answers the questionnaire so that he may buy the sweep."""
    answers = {q["code"]: "b" for q in market.questionnaire()["questions"]}
    person.browser.post("/m/wealth/assessment/", answers)
