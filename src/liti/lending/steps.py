"""What the end of a day does to loans."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_figures, day_step
from liti.lending import collecting, queries


@day_step(
    "lending.instalments",
    title=_("Loan instalments"),
    before=("accounts.fees",),
)
def instalments(on: date, cursor: str) -> Chunk:
    return collecting.collect_due(on, cursor)


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Instalments of the day and what is lent."""
    return queries.collected_on(on)
