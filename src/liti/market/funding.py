"""The money of orders: set apart, given back, paid to the engine, received from it.

The one place that touches the clearing account, until the ledger has holds. What it holds is
always the sum of `held_minor` over all orders; the ledger keeps it from falling below zero,
and the caller holds the order's row, so that each leg is posted once.
"""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from django.db.models import Sum

from liti.core.clock import business_date
from liti.core.ids import uuid7_at
from liti.ledger import queries as ledger_queries
from liti.ledger import services as ledger
from liti.market.models import Order

CLEARING = "clearing.orders"


def clearing_account() -> UUID:
    """Where the money of orders under way stands."""
    return ledger_queries.internal_account(CLEARING)


def fund(order: Order) -> None:
    """The customer's money is set apart. Raises the ledger's refusals (insufficient_funds)."""
    ledger.post_one(_leg(order, "funded", order.account_id, clearing_account(), order.amount_minor))
    order.held_minor += order.amount_minor


def release(order: Order, amount_minor: int) -> None:
    """Money goes to the customer: what was not filled, or what a sale brought.

    What a frozen or closed account can't take waits in suspense: the engine has decided,
    and that must be written down.
    """
    if not amount_minor:
        return
    kind = "returned" if order.side == Order.Side.BUY else "proceeds"
    request = _leg(order, kind, clearing_account(), order.account_id, amount_minor)
    if not ledger.post([request])[0].ok:
        suspense = ledger_queries.internal_account("suspense")
        ledger.post_one(
            replace(
                request,
                credit_account_id=suspense,
                kind="order_suspended",
                narrative=f"{kind} {order.account_id}",
            )
        )
    order.held_minor -= amount_minor


def pay(order: Order, account_id: UUID | None) -> None:
    """What clearing still holds goes to the engine's account; paid once, nothing is left."""
    if not order.held_minor:
        return
    assert account_id is not None, f"engine {order.engine} names no account to be paid on"
    ledger.post_one(_leg(order, "paid", clearing_account(), account_id, order.held_minor))
    order.held_minor = 0


def receive(order: Order, account_id: UUID | None, amount_minor: int) -> None:
    """What a sale brought comes in from the engine's account."""
    assert account_id is not None, f"engine {order.engine} names no account that pays"
    ledger.post_one(_leg(order, "received", account_id, clearing_account(), amount_minor))
    order.held_minor += amount_minor


def moved(order: Order, amount_minor: int) -> None:
    """An engine with books here took money from clearing (below zero) or brought it back."""
    order.held_minor += amount_minor


def held_minor() -> int:
    """What all orders hold together: what the clearing account must show."""
    return int(Order.objects.aggregate(total=Sum("held_minor"))["total"] or 0)


def _leg(
    order: Order, kind: str, debit: UUID, credit: UUID, amount_minor: int
) -> ledger.TransferRequest:
    order.legs += 1
    return ledger.TransferRequest(
        id=uuid7_at(order.created_at, "market.funding", order.id, order.legs),
        debit_account_id=debit,
        credit_account_id=credit,
        amount_minor=amount_minor,
        kind=f"order_{kind}",
        booked_on=business_date(),
        currency=order.currency,
        narrative=order.version.name_zh,
    )
