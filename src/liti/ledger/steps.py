"""What the end of a day does to the books."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step
from liti.ledger import turnover


@day_step("ledger.turnover", title=_("Turnover by subject and day"), last=True)
def fold(on: date, cursor: str) -> Chunk:
    """After all that posts; what is posted later is folded with the next day's."""
    return turnover.fold()
