"""What the end of a day does for outreach."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_figures, day_step
from liti.outreach import queries, services


@day_step("outreach.plan", title=_("The next day's plan"), after=("groups.refresh",))
def plan(on: date, cursor: str) -> Chunk:
    """Whom the bank contacts on the next day, from what is known at the end of this one."""
    return Chunk(services.plan_day(on + timedelta(days=1)).planned)


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Contacts planned for the next day."""
    planned = queries.plan(on + timedelta(days=1))
    return {"outreach.planned": planned.planned if planned else 0}
