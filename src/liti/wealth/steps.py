"""What the end of a day does in the wealth cloud."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_figures, day_step
from liti.wealth import queries, services

PAYING = "paying"


@day_step("wealth.income", title=_("Fund income"))
def income(on: date, cursor: str) -> Chunk:
    """Pay a day at a time what is reported up to the day and not paid, late ones too."""
    paid = services.distribute_due(on)
    return Chunk(paid.holdings, f"{PAYING} {paid.on}") if paid else Chunk()


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """What customers hold in funds, and what was paid on the day."""
    return queries.figures_on(on)
