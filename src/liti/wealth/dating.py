"""When bought shares are confirmed, and what a changed calendar does to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction

from liti.core.calendars import business_days, is_business_day
from liti.core.clock import business_date
from liti.wealth import rules
from liti.wealth.models import Movement

CALENDAR = "xshg"
ROWS_MAX = 100_000
DAYS_AHEAD = 12


def is_trading_day(day: date) -> bool:
    """Funds are dealt in on the exchanges' days, not on the banks' (make-up Saturdays)."""
    return is_business_day(day, CALENDAR)


def confirmed_on(booked_on: date) -> date:
    """The day on which a purchase is confirmed; the days to come are read at once."""
    ahead = booked_on + timedelta(days=DAYS_AHEAD)
    return rules.confirmed_on(booked_on, business_days(booked_on, ahead, CALENDAR))


@transaction.atomic
def redate_purchases(changed: Sequence[date]) -> list[tuple[UUID, date]]:
    """Reckon anew when purchases are confirmed that such days lie in; returns which orders
    moved, with their new days. Only what is not confirmed on the business date moves, and
    never into the past.
    """
    today = business_date()
    last, first = max(changed), min(changed)
    rows = list(
        Movement.objects.select_for_update()
        .filter(
            kind="subscribe",
            confirmed_on__gt=today,
            booked_on__lte=last,
            booked_on__gt=first - timedelta(days=rules.HORIZON_DAYS_MAX),
        )
        .order_by("id")[:ROWS_MAX]
    )
    moved = []
    for row in rows:
        confirmed = max(today, rules.confirmed_on(row.booked_on, is_trading_day))
        if confirmed == row.confirmed_on:
            continue
        Movement.objects.filter(order_id=row.order_id, kind__in=["subscribe", "cancel"]).update(
            confirmed_on=confirmed
        )
        moved.append((row.order_id, confirmed))
    return moved
