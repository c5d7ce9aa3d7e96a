"""The calls of a partner: members, shelf, orders."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Router

from liti.api.auth import Caller
from liti.api.schemas import (
    MemberBatchIn,
    MemberBatchOut,
    MembersSummaryOut,
    OrderIn,
    OrderOut,
    Problem,
    ProductOut,
)
from liti.core.doors import door
from liti.market import queries as market_queries
from liti.partners import queries, services

router = Router(tags=["partner"])
# With the partner's code before it, a key still fits into an order's.
IdempotencyKey = Annotated[
    str, Header(alias="Idempotency-Key", min_length=8, max_length=64, pattern=r"^[\x20-\x7e]+$")
]
REFUSALS = {401: Problem, 403: Problem, 404: Problem, 409: Problem, 422: Problem}


@router.post("/members/batches", response={200: MemberBatchOut, **REFUSALS})
@door("partners.onboard_members")
def bring_members(
    request: HttpRequest, batch: MemberBatchIn, idempotency_key: IdempotencyKey
) -> services.BatchReport:
    """Bring members in: each becomes a customer of the bank, or is recognised as one.

    Good rows are kept, bad rows come back with the field and the reason. The same key with
    the same content returns the first answer; with other content it is a conflict.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("members:write")
    rows = [m.dict() for m in batch.members]
    return services.onboard_members(caller.require_partner(), rows, key=idempotency_key)


@router.get("/members/summary", response={200: MembersSummaryOut, **REFUSALS})
def members_summary(request: HttpRequest) -> queries.MembersSummary:
    """The aggregate of the caller's own members; never a person."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("members:read")
    return queries.members_summary(caller.require_partner())


@router.get("/shelf", response={200: list[ProductOut], **REFUSALS})
def shelf(request: HttpRequest) -> list[market_queries.ProductView]:
    """The products that the caller may show."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("shelf:read")
    return queries.shelf(caller.require_partner())


@router.post("/orders", response={201: OrderOut, **REFUSALS})
@door("partners.order_for_member")
def place_order(
    request: HttpRequest, order: OrderIn, idempotency_key: IdempotencyKey
) -> tuple[int, market_queries.OrderView]:
    """Order a product for a member, from his own account, on his instruction."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("orders:write")
    partner_id = caller.require_partner()
    placed = services.order_for_member(
        partner_id,
        order.member_no,
        order.product_code,
        order.amount_minor,
        key=idempotency_key,
    )
    return 201, placed
