"""Whose a payment is, for declarations of who may call."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from liti.accounts.queries import held_by
from liti.core.authority import Arguments
from liti.payments.models import Payment


def payer_of(arguments: Arguments) -> Collection[UUID]:
    """The holders of the account that a payment (`payment_id`) moves."""
    rows = Payment.objects.filter(id=arguments["payment_id"])
    account_id = rows.values_list("account_id", flat=True).first()
    return held_by("account_id")({"account_id": account_id}) if account_id else ()
