"""Calendars of the installed packages, and provisional days ahead of them."""

from __future__ import annotations

from liti.day.calendars import keep


def load() -> None:
    """Bring the calendars up to what is known today; idempotent."""
    keep()
