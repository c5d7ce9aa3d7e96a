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
    """Orders whose day has come become final."""
    settled = services.settle_orders(on, limit=CHUNK)
    return Chunk(settled, SETTLING if settled == CHUNK else "")


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Orders placed on the day."""
    return queries.figures_on(on)
