"""The default chart of accounts and the bank's own accounts."""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import resources
from uuid import UUID

import yaml

from liti.core.ids import uuid7_at
from liti.ledger.models import Kind, Subject
from liti.ledger.services import NewAccount, open_accounts

_SINCE = datetime(2018, 1, 1, tzinfo=UTC)


def internal_account_id(code: str) -> UUID:
    """The id of a bank's own account; the same in every installation."""
    return uuid7_at(_SINCE, "ledger.internal", code)


# What the rooms post. Whoever posts another kind makes it known by posting it.
KINDS = (
    "interest", "loan_interest", "loan_payment", "loan_payout", "order_funded", "order_paid",
    "order_received", "order_suspended", "payment_suspended", "redeem", "statement_fee",
    "subscribe", "top_up", "wealth.cancel", "wealth.redeem", "wealth.subscribe",
    "withdrawal", "withdrawal_returned",
)  # fmt: skip


def load() -> None:
    """Load chart and own accounts; what is there already stays."""
    text = (resources.files("liti.ledger") / "data" / "chart.yaml").read_text("utf-8")
    chart = yaml.safe_load(text)
    Kind.objects.bulk_create([Kind(name=name) for name in KINDS], ignore_conflicts=True)
    Subject.objects.bulk_create(
        [Subject(**row) for row in chart["subjects"]], ignore_conflicts=True
    )
    open_accounts(
        [
            NewAccount(**{"id": internal_account_id(row["code"]), "floor_minor": None} | row)
            for row in chart["accounts"]
        ]
    )
