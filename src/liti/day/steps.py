"""The day's own step, after everybody else's work that the figures count."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step, figures_of
from liti.day.models import Figure


@day_step("day.figures", title=_("Figures of the day"), after=("ledger.turnover",), last=True)
def figures(on: date, cursor: str) -> Chunk:
    """Ask all rooms for their figures of the day and keep them."""
    found = figures_of(on)
    Figure.objects.filter(on=on).delete()
    Figure.objects.bulk_create([Figure(on=on, name=n, value=v) for n, v in found.items()])
    return Chunk(done=len(found), total=len(found))
