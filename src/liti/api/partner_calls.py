"""The calls of a partner: members, shelf, orders."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Header, Query, Router

from liti.api.auth import Caller
from liti.api.schemas import (
    MemberBatchIn,
    MemberBatchOut,
    MemberRequestOut,
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
    """Say who your members are: each request waits until that person confirms it in the
    bank's app, and expires otherwise (`GET /members/requests`).

    `accepted` rows wait; bad rows come back with the field and the reason. Nothing in the answer
    depends on whether somebody is a customer of the bank. The same key with the same content
    returns the first answer; with other content it is a conflict.
    """
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("members:write")
    rows = [m.dict() for m in batch.members]
    return services.onboard_members(caller.require_partner(), rows, key=idempotency_key)


@router.get("/members/requests", response={200: list[MemberRequestOut], **REFUSALS})
def member_requests(
    request: HttpRequest,
    offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> list[queries.EnrolmentState]:
    """What became of the requests, newest first: waiting, confirmed, left or expired. A request
    that was declined waits and then expires like one that nobody has seen."""
    caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
    caller.require("members:read")
    return queries.enrolments(caller.require_partner(), offset=offset, limit=limit)


@router.get("/members/summary", response={200: MembersSummaryOut, **REFUSALS})
def members_summary(request: HttpRequest) -> queries.MembersSummary:
    """The caller's own members in figures, as of the last closed day, rounded, of a crowd that
    changes by many people or not at all; never a person."""
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
    """Order a product for a member, from his own account, on his instruction.

    He allows it in the bank's app. Without his mandate, or from the moment that he withdraws it,
    the answer is that of a number that is nobody's: 404 `partners.unknown_member`.
    """
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
