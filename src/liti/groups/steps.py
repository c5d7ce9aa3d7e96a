"""What the end of a day does to groups."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step
from liti.groups import services


@day_step("groups.refresh", title=_("Groups and life-cycle stages"), after=("insight.features",))
def refresh(on: date, cursor: str) -> Chunk:
    """Everybody's segments, stage and diagnoses as at the end of the day."""
    return Chunk(services.refresh(on).customers)
