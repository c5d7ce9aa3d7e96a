"""Rows as lists ask for them: in a named order that is the same every time, counted to a bound."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from liti.core.entrance import shown
from liti.core.errors import InvalidInput


def ordered(
    rows: QuerySet[Any], order: str, allowed: Mapping[str, str], *, tie: str = "id"
) -> QuerySet[Any]:
    """Rows by a column that is allowed ("name", or "-name" from the greatest down), rows
    without a value last, equal ones by `tie`; without an order as they come.

    `allowed` maps the list's columns to the table's. Raises InvalidInput for any other.
    """
    if not order:
        return rows
    name = order.removeprefix("-")
    if name not in allowed or order.startswith("--"):
        raise no_such_order(order)
    column = F(allowed[name])
    if order.startswith("-"):
        return rows.order_by(column.desc(nulls_last=True), tie)
    return rows.order_by(column.asc(nulls_last=True), tie)


def no_such_order(order: str) -> InvalidInput:
    """The refusal of an order that a list does not have."""
    return InvalidInput(
        "core.list.order",
        _("The list can't be sorted by “%(order)s”.") % {"order": shown(order)},
        remedy=_("Choose a column of the list."),
        field="order",
    )


def count_to(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, counted no further than `most`."""
    return rows.order_by()[:most].count()
