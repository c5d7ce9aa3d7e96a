"""What the wealth cloud tells the house, and what it hears: a calendar that has changed."""

from __future__ import annotations

from datetime import date

from liti.core.engines import ORDER_REDATED
from liti.core.events import EventView, emit, subscribe
from liti.day.events import CALENDAR_CHANGED
from liti.wealth import dating

INCOME_DISTRIBUTED = "wealth.income.distributed"


@subscribe(CALENDAR_CHANGED, name="wealth.redate_purchases")
def on_calendar_changed(event: EventView) -> None:
    """Purchases under way are confirmed on the days that trading is done on now."""
    if event.payload["calendar"] != dating.CALENDAR:
        return
    changed = [date.fromisoformat(day) for day in event.payload["days"]]
    for order_id, confirmed_on in dating.redate_purchases(changed):
        told = {"order_id": str(order_id), "confirms_on": confirmed_on.isoformat()}
        emit(ORDER_REDATED, str(order_id), told)
