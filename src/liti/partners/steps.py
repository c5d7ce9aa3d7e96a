"""What the end of a day tells partners."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step
from liti.partners import services


@day_step(
    "partners.figures",
    title=_("Figures for partners"),
    after=("accounts.fees", "accounts.interest", "market.settle", "wealth.income"),
)
def figures(on: date, cursor: str) -> Chunk:
    """Each partner's figures, as at the end of the day."""
    return Chunk(services.publish_figures(on).partners)
