"""The calls of the ledger, for the bank's own systems."""

from __future__ import annotations

from collections import Counter
from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from ninja import Query, Router

from liti.api.auth import Caller
from liti.api.partner_calls import REFUSALS
from liti.api.reading import Digits
from liti.api.schemas import (
    EntriesOut,
    LedgerAccountOut,
    TransferBatchIn,
    TransferBatchOut,
)
from liti.core.clock import business_date
from liti.core.doors import door
from liti.ledger import queries, services

router = Router(tags=["ledger"])


@router.post("/transfers", response={200: TransferBatchOut, **REFUSALS})
@door("ledger.post")
def post_transfers(request: HttpRequest, batch: TransferBatchIn) -> dict[str, object]:
    """Post a batch in the order given; one result per transfer.

    With `all_or_none` one refusal refuses the batch, as a problem that names the transfer.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("ledger:post")
    today = business_date()
    requests = [
        services.TransferRequest(
            id=t.id,
            debit_account_id=t.debit_account_id,
            credit_account_id=t.credit_account_id,
            amount_minor=t.amount_minor,
            kind=t.kind,
            booked_on=t.booked_on or today,
            dated=t.booked_on is not None,
            currency=t.currency,
            narrative=t.narrative,
        )
        for t in batch.transfers
    ]
    results = services.post(requests, all_or_none=batch.all_or_none)
    counts = Counter(r.status for r in results)
    return {
        "posted": counts["posted"],
        "replayed": counts["replayed"],
        "refused": counts["refused"],
        "results": results,
    }


@router.get("/accounts/{uuid:account_id}", response={200: LedgerAccountOut, **REFUSALS})
def account(request: HttpRequest, account_id: UUID) -> queries.AccountView:
    """A ledger account with its balance."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("ledger:read")
    return queries.account(account_id)


@router.get("/accounts/{uuid:account_id}/entries", response={200: EntriesOut, **REFUSALS})
def entries(
    request: HttpRequest,
    account_id: UUID,
    before_seq: Annotated[Digits | None, Query(ge=1, lt=2**62)] = None,
    limit: Digits = Query(50, ge=1, le=500),  # noqa: B008  # Annotated would lose the default
) -> dict[str, object]:
    """Entries, newest first, by cursor."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("ledger:read")
    queries.account(account_id)
    page = queries.entries(account_id, before_seq=before_seq, limit=limit)
    more = len(page) == limit and page[-1].seq > 1
    return {"entries": page, "next_before_seq": page[-1].seq if more else None}
