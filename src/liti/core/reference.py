"""Reference data: every room's parameters and rows that must exist before business begins."""

from __future__ import annotations

import importlib
import importlib.util
from datetime import date, timedelta

import chinese_calendar
from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from liti.core import params
from liti.core.models import CalendarDay
from liti.core.roles import ROLES

# What the published holiday arrangements cover; beyond, a calendar refuses to answer.
CALENDAR_FIRST, CALENDAR_LAST = date(2018, 1, 1), date(2026, 12, 31)


@transaction.atomic
def load_all() -> int:
    """Load parameters and reference rows of all rooms, from the ground up; idempotent.

    A room takes part by a `parameters.yaml` and by a module `reference` with `load()`.
    Returns how many rooms had something to load.
    """
    loaded = 0
    for room in settings.LITI_ROOMS:
        package = f"liti.{room}"
        found = params.load(package)
        if importlib.util.find_spec(f"{package}.reference"):
            importlib.import_module(f"{package}.reference").load()
            found += 1
        loaded += bool(found)
    return loaded


def load() -> None:
    """The shared kernel's own: roles and calendars."""
    Group.objects.bulk_create([Group(name=name) for name in ROLES], ignore_conflicts=True)
    if not CalendarDay.objects.filter(calendar="cn_bank").exists():
        CalendarDay.objects.bulk_create(_cn_bank_days())


def _cn_bank_days() -> list[CalendarDay]:
    """State Council holidays and make-up workdays, as far as chinesecalendar knows them."""
    days = []
    for offset in range((CALENDAR_LAST - CALENDAR_FIRST).days + 1):
        day = CALENDAR_FIRST + timedelta(days=offset)
        _is_holiday, name = chinese_calendar.get_holiday_detail(day)
        days.append(
            CalendarDay(
                calendar="cn_bank",
                day=day,
                is_business=chinese_calendar.is_workday(day),
                name=name or "",
            )
        )
    return days
