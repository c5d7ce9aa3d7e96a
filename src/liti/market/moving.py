"""An order moves: states, steps, money and events together, in the caller's transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from liti.core import engines
from liti.core.context import current_actor
from liti.core.engines import Answer, Ordered
from liti.core.events import emit
from liti.market import events, funding
from liti.market.models import Order, OrderStep
from liti.market.rules import ORDER_STATES, Standing, heard

CHANGING = (
    "status", "filled_minor", "held_minor", "final", "legs", "reference", "reason_code",
    "quoted_until", "look_at", "attempts", "cancel_asked_at", "cancel_reason", "confirms_on",
    "settles_on",
)  # fmt: skip
NOTE_MAX = 200


def as_ordered(row: Order) -> Ordered:
    """The order as its engine sees it."""
    return Ordered(
        id=row.id,
        side=row.side,
        party_id=row.party_id,
        account_id=row.account_id,
        amount_minor=row.amount_minor,
        currency=row.currency,
        booked_on=row.booked_on,
        terms=row.version.engine_terms,
        clearing_account_id=funding.clearing_account(),
        reference=row.reference,
        filled_minor=row.filled_minor,
    )


def move(row: Order, status: str, note: str = "") -> OrderStep:
    """The row in its new state, and the step of its story; neither is saved yet."""
    ORDER_STATES.require(row.status, status)
    row.status = status
    return step_of(row, note)


def step_of(row: Order, note: str = "") -> OrderStep:
    """The step by which the row came to its state, by whoever acts now; not saved yet."""
    return OrderStep(
        order=row, status=row.status, actor=current_actor().doer[:150], note=note[:NOTE_MAX]
    )


def hear(row: Order, answer: Answer) -> list[OrderStep]:
    """Take an engine's answer down on a locked row: money, states, events; saves nothing.

    Raises Conflict for an answer that contradicts an earlier one; then nothing was changed.
    """
    before = Standing(row.status, row.amount_minor, row.filled_minor, row.final)
    after, states = heard(before, answer)
    funding.moved(row, answer.moved_minor)
    row.reference = answer.reference[:80] or row.reference
    row.confirms_on = answer.confirms_on or row.confirms_on
    row.settles_on = answer.settles_on or row.settles_on or row.confirms_on
    row.filled_minor, row.final = after.filled_minor, after.final
    steps = []
    for status in states:
        _move_money(row, status, before)
        steps.append(move(row, status, _note(row, answer)))
    if after.final and not before.final:
        _after_the_fill(row, answer)
    if row.status == "cancelled" and before.status != "cancelled":
        emit(events.ORDER_CANCELLED, str(row.id), _told(row) | {"reason": row.cancel_reason})
    return steps


def save(rows: Sequence[Order], steps: Sequence[OrderStep]) -> None:
    """Write what moved."""
    Order.objects.bulk_update(rows, CHANGING)
    OrderStep.objects.bulk_create(steps)


def _move_money(row: Order, status: str, before: Standing) -> None:
    """What a state means for the money; an engine that moves its own left nothing to do."""
    if status not in ("refused", "cancelled", "settled"):
        return
    account = engines.engine_of(row.engine).settlement_account(row.version.engine_terms)
    if status != "settled":
        paid = before.filled_minor - row.held_minor
        if row.side == Order.Side.BUY and account is not None and before.final and paid > 0:
            funding.receive(row, account, paid)
        funding.release(row, row.held_minor)
        return
    if row.side == Order.Side.BUY:
        if row.held_minor > row.filled_minor:  # the rest of a fill that ended with this answer
            funding.release(row, row.held_minor - row.filled_minor)
        funding.pay(row, account)
    else:
        if account is not None:
            funding.receive(row, account, row.filled_minor)
        funding.release(row, row.held_minor)


def _after_the_fill(row: Order, answer: Answer) -> None:
    """Nothing more will be filled: what is left over returns, and the house hears of it."""
    if row.status == "refused":
        row.reason_code = answer.reason_code[:40]
        told = {"reason": answer.reason[:NOTE_MAX], "code": answer.reason_code[:40]}
        emit(events.ORDER_REFUSED, str(row.id), _told(row) | told)
        return
    if row.status == "cancelled":
        return
    if row.side == Order.Side.BUY:
        funding.release(row, min(row.held_minor, row.amount_minor - row.filled_minor))
        emit(events.ORDER_FILLED, str(row.id), _told(row))
    else:
        emit(events.ORDER_REDEEMED, str(row.id), _told(row))


def _note(row: Order, answer: Answer) -> str:
    if row.status == "refused" or answer.reason:
        return " ".join(part for part in (answer.reason_code, answer.reason) if part)
    return row.cancel_reason if answer.outcome == "cancelled" else ""


def _told(row: Order) -> dict[str, Any]:
    """What the house hears of an order; `amount_minor` is what was filled."""
    return placed(row) | {"amount_minor": row.filled_minor or row.amount_minor}


def placed(row: Order) -> dict[str, Any]:
    """An order as it was placed."""
    return {
        "order_id": str(row.id),
        "party_id": str(row.party_id),
        "product_code": row.product.code,
        "product_department": row.product.department,
        "amount_minor": row.amount_minor,
        "currency": row.currency,
        "account_id": str(row.account_id),
        "channel": row.channel,
        "offer_id": str(row.offer_id) if row.offer_id else None,
        "contributions": row.contributions,
        "booked_on": row.booked_on.isoformat(),
    }
