"""The same id at the same time, on real connections."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connections, transaction

from liti.core.errors import Conflict
from liti.core.ids import uuid7
from liti.ledger import queries
from liti.ledger.services import TransferRequest, post_one

DAY = date(2026, 11, 23)
pytestmark = pytest.mark.usefixtures("committed")


@pytest.mark.parametrize("within", [True, False], ids=["in a transaction", "alone"])
def test_the_same_id_on_other_accounts_is_a_conflict_for_one_of_both(within):
    transfer_id, gate, said = uuid7(), threading.Barrier(2), []
    pairs = [("cash", "fee.income"), ("clearing.card", "rounding")]

    def go(debit: str, credit: str) -> None:
        accounts = queries.internal_account(debit), queries.internal_account(credit)
        gate.wait()
        try:
            asked = TransferRequest(transfer_id, *accounts, 1, "test", DAY)
            if within:
                with transaction.atomic():
                    said.append(post_one(asked).status)
            else:
                said.append(post_one(asked).status)
        except Conflict as refusal:
            said.append(refusal.code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=go, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["ledger.id_conflict", "posted"]
