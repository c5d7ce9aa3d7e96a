"""What the end of a day does to payments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_figures, day_step
from liti.payments import queries, standing, surplus


@day_step("payments.standing_orders", title=_("Standing orders"), before=("accounts.fees",))
def standing_orders(on: date, cursor: str) -> Chunk:
    return standing.pay_due(on, cursor)


@day_step(
    "payments.surplus", title=_("What is above an account's cap"), after=("accounts.interest",)
)
def return_surplus(on: date, cursor: str) -> Chunk:
    return surplus.return_surplus(on, cursor)


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Standing orders of the day: paid, and given up."""
    return queries.standing_orders_on(on)
