"""Ids of the sample's things: the same on every run, so that a broken run resumes."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID

from liti.core.ids import uuid7_at
from liti.sample import source

WEEK_DAYS = 7


def shift_days(business_date: date) -> int:
    """Whole weeks that bring the source's last day just before the business date."""
    return (business_date - timedelta(days=1) - source.LAST_DAY).days // WEEK_DAYS * WEEK_DAYS


def at(day: date, milliseconds: int = 0) -> datetime:
    """A moment of a business day (UTC), for ids in the order of booking."""
    return datetime.combine(day, time(2), tzinfo=UTC) + timedelta(milliseconds=milliseconds)


def account_id(number: int, opened_on: date) -> UUID:
    """The electronic account of the source's account."""
    return uuid7_at(at(opened_on), "sample.account", number)


def account_number(number: int) -> str:
    """The number that customers see."""
    return f"6228{number:08d}"


def loan_id(number: int, signed_on: date) -> UUID:
    """The contract of the source's loan."""
    return uuid7_at(at(signed_on), "sample.loan", number)
