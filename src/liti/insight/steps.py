"""What the end of a day does in the data cloud."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.core.steps import Chunk, day_step
from liti.insight import services

BOOKED = (
    "accounts.fees",
    "accounts.interest",
    "lending.instalments",
    "market.settle",
    "payments.standing_orders",
    "payments.surplus",
    "wealth.income",
)


@day_step("insight.history", title=_("History for the data cloud"), after=BOOKED)
def history(on: date, cursor: str) -> Chunk:
    """The day's entries join the history."""
    return Chunk(services.export_history(day=on).entries_written)


@day_step("insight.features", title=_("Features"), after=("insight.history",))
def features(on: date, cursor: str) -> Chunk:
    """All customers' features as at the end of the day."""
    return Chunk(services.build_features(on, just_exported=True).customers)
