"""What the end of a day does on the marketplace."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_figures, day_step
from liti.market import queries, services

CHUNK = 2_000
SETTLING = "settling"


@day_step("market.settle", title=_("Confirm and settle orders"), before=("wealth.income",))
def settle(on: date, cursor: str) -> Chunk:
    """Orders at the bank's own engines whose day has come: confirmed, settled, in position.

    Engines over the wire are spoken to by the worker, never inside a step's transaction.
    """
    moved = services.settle_orders(on, limit=CHUNK)
    return Chunk(moved, SETTLING if moved else "")


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Orders placed on the day."""
    return queries.figures_on(on)
