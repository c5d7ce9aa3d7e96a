"""The clock and the business date are two things: the bank's day ends when it is closed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from django.utils import timezone

from liti.core import memo
from liti.core.models import BusinessDay

TOPIC = "business_date"
BANK_ZONE = ZoneInfo("Asia/Shanghai")


_lived: ContextVar[datetime | None] = ContextVar("liti_lived_moment", default=None)


def now() -> datetime:
    """The moment, aware, in UTC."""
    return _lived.get() or datetime.now(UTC)


@contextmanager
def living_at(moment: datetime) -> Iterator[None]:
    """Do things at a moment that is past: only a bank that is made with its past does.

    What Django stamps by itself (auto_now) is read from this clock meanwhile, in the whole
    process: a program that serves others never lives in the past.
    """
    token, stamps = _lived.set(moment.astimezone(UTC)), timezone.now
    timezone.now = now
    try:
        yield
    finally:
        timezone.now = stamps
        _lived.reset(token)


def local_date() -> date:
    """The calendar day in the bank's zone; not the business date."""
    return now().astimezone(BANK_ZONE).date()


def business_date() -> date:
    """The day that postings are booked on. A new bank starts on the calendar day."""
    return memo.kept(TOPIC, "", _business_date)


def _business_date() -> date:
    row = BusinessDay.objects.filter(pk=1).values_list("current", flat=True).first()
    return row or local_date()


def set_business_date(day: date) -> None:
    """Move the bank to a day (installation, sample bank, day close)."""
    BusinessDay.objects.update_or_create(pk=1, defaults={"current": day})
    memo.changed(TOPIC)
