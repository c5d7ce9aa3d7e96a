"""What the end of a day does about who is who."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step
from liti.day import queries as days
from liti.parties import golden


@day_step("parties.golden", title=_("Records by new rules"))
def golden_records(on: date, _cursor: str) -> Chunk:
    """Where other rules of survivorship hold from the day on, every record is chosen anew."""
    before = next((d.on for d in days.history(2) if d.on < on), None)
    if before is None or not golden.changed_on(on, before):
        return Chunk()
    return Chunk(golden.refresh())
