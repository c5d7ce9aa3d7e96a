"""Transfers a second through `ledger.services.post`, by batch size and spread of accounts."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from liti.core.ids import uuid7
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post

ACCOUNTS = 10_000
BATCHES = (1, 100, 1_000, 8_000)
BOOKED_ON = date(2026, 1, 5)


@dataclass(frozen=True)
class Books:
    """The accounts to post on: many equal ones, and one that everything goes to."""

    many: list[UUID]
    hot: UUID


def open_books() -> Books:
    """Accounts without a floor: what is measured is posting, not refusing."""
    many = [uuid7() for _ in range(ACCOUNTS)]
    hot = uuid7()
    open_accounts(
        [NewAccount(i, f"bench {n}", "2011", floor_minor=None) for n, i in enumerate([*many, hot])]
    )
    return Books(many, hot)


def measure(
    books: Books,
    batch: int,
    *,
    hot: bool = False,
    refused_share: float = 0.0,
    seconds: float,
    dice: random.Random,
) -> float:
    """Requests answered a second; only the calls are timed, not the making of the requests.

    `refused_share` of the requests name an account that is not there.
    """
    answered, spent = 0, 0.0
    while spent < seconds:
        requests = [
            request(books, dice, hot=hot, refused_share=refused_share) for _ in range(batch)
        ]
        began = time.perf_counter()
        results = post(requests)
        spent += time.perf_counter() - began
        assert refused_share or all(r.ok for r in results), "nothing here should be refused"
        answered += batch
    return answered / spent


def request(
    books: Books,
    dice: random.Random,
    *,
    hot: bool = False,
    refused_share: float = 0.0,
    booked_on: date = BOOKED_ON,
) -> TransferRequest:
    """One transfer between two accounts that chance names."""
    debit, credit = dice.sample(books.many, 2)
    if dice.random() < refused_share:
        debit = uuid7()
    return TransferRequest(
        id=uuid7(),
        debit_account_id=debit,
        credit_account_id=books.hot if hot else credit,
        amount_minor=dice.randint(1, 1_000_000),
        kind="bench",
        booked_on=booked_on,
    )
