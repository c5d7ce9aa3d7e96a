"""Whose an order is, for declarations of who may call."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from liti.core.authority import Arguments
from liti.market.models import Order, PreparedOrder


def buyer_of(arguments: Arguments) -> Collection[UUID]:
    """The customer of an order (`order_id`)."""
    rows = Order.objects.filter(id=arguments["order_id"])
    return set(rows.values_list("party_id", flat=True))


def asked_of(arguments: Arguments) -> Collection[UUID]:
    """The customer of a prepared order (`prepared_id`)."""
    rows = PreparedOrder.objects.filter(id=arguments["prepared_id"])
    return set(rows.values_list("party_id", flat=True))
