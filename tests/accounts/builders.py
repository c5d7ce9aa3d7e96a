"""Customers with accounts and cards, made through the doors of the rooms."""

from __future__ import annotations

from datetime import date
from itertools import count
from uuid import UUID

from stdnum import luhn
from stdnum.cn.ric import calc_check_digit
from tests.parties.builders import known_party

from liti.accounts import services
from liti.core.ids import uuid7
from liti.ledger.queries import internal_account
from liti.ledger.services import TransferRequest, post_one
from liti.parties.services import NewPerson, register_person

DAY = date(2026, 11, 23)
_serial = count(1)


def person(name: str = "王小明") -> UUID:
    """Someone who signed up on line, with a valid resident ID number."""
    serial = next(_serial)
    stem = f"11010119850505{serial:03d}"
    return register_person(NewPerson(name, stem + calc_check_digit(stem + "0"), f"138{serial:08d}"))


def account(amount_minor: int = 0, account_class: str = "II", party_id: UUID | None = None) -> UUID:
    """An open account that holds an amount, paid in as cash."""
    account_id = uuid7()
    number = f"62{account_id.int % 10**14:014d}"
    services.open_accounts(
        [
            services.NewElectronicAccount(
                account_id, number, party_id or known_party(), account_class, DAY
            )
        ]
    )
    if amount_minor:
        pay_in(account_id, amount_minor)
    return account_id


def pay_in(account_id: UUID, amount_minor: int) -> None:
    cash = internal_account("cash")
    post_one(TransferRequest(uuid7(), cash, account_id, amount_minor, "deposit", DAY))


def pan(last: str = "8888", begin: str = "622202") -> str:
    """A card number that passes the check and ends as wanted."""
    for middle in range(10**6):
        number = f"{begin}{middle:06d}{last}"
        if luhn.is_valid(number):
            return number
    raise AssertionError("one of ten middles fits")


def card(account_id: UUID, last: str = "8888") -> UUID:
    return services.bind_card(account_id, pan(last), "王小明")
