"""The proof: every recorded balance beside the ledger's own."""

from __future__ import annotations

from datetime import date

import pytest

from liti.core.ids import uuid7
from liti.ledger.queries import internal_account
from liti.ledger.services import NewAccount, TransferRequest, open_accounts, post
from liti.sample.models import RecordedBalance
from liti.sample.queries import proof

pytestmark = pytest.mark.django_db
ON = date(2026, 1, 5)


def test_what_differs_is_named_and_nothing_else():
    account, unposted = uuid7(), uuid7()
    open_accounts([NewAccount(account, "recorded", "2011")])
    cash, (first, second, rounding) = internal_account("cash"), (uuid7() for _ in range(3))
    requests = [
        TransferRequest(first, cash, account, 5_000, "cash_deposit", ON),
        TransferRequest(second, cash, account, 700, "interest", ON),
        TransferRequest(rounding, cash, account, 10, "rounding", ON),
    ]
    assert all(result.ok for result in post(requests))

    def recorded(trans_id, transfer, balance, extra=None, difference=0):
        RecordedBalance.objects.create(
            trans_id=trans_id, account_id=account, transfer_id=transfer,
            rounding_transfer_id=extra, balance_minor=balance, difference_minor=difference,
        )  # fmt: skip

    recorded(1, first, 5_000)
    recorded(2, second, 5_710, rounding, 10)
    whole = proof()
    assert (whole.rows, whole.equal, whole.rounded, whole.others) == (2, 2, 1, ())
    assert whole.holds

    recorded(3, first, 5_001)
    recorded(4, unposted, 5_000)
    found = proof()
    assert (found.rows, found.equal, found.rounded) == (4, 2, 1)
    assert set(found.others) == {(3, account, 5_001, 5_000), (4, account, 5_000, None)}
    assert not found.holds
