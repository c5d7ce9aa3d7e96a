"""What the day lets the house recompute: until when its calendars reach."""

from __future__ import annotations

from liti.core.checks import Checked, house_check
from liti.day.queries import calendars


@house_check("day.calendars")
def calendars_reach() -> Checked:
    """Warn before a calendar's published days end."""
    found = calendars()
    return Checked(
        f"{len(found)} calendars",
        warnings=tuple(
            f"calendar {c.name}: the published days end on {c.published_until}, in"
            f" {c.days_left} days; load the arrangement: liti day calendar load FILE"
            for c in found
            if c.warned
        ),
    )
