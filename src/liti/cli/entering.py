"""What is typed in a shell, read by the one edge of the house (`core.entrance`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import click

from liti.core import entrance
from liti.core.errors import LitiError
from liti.core.money import BIGINT_MAX

LIST_MAX = 10_000
MONTHS_MAX = 600


class Day(click.DateTime):
    """A day as 2026-11-25, within the calendar that the house reckons with."""

    name = "day"

    def __init__(self) -> None:
        super().__init__(["%Y-%m-%d"])

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        try:
            found = entrance.day(value.date() if isinstance(value, datetime) else value)
        except LitiError as error:
            self.fail(str(error), param, ctx)
        return datetime(found.year, found.month, found.day)  # noqa: DTZ001  # a day, no moment


DAY = Day()
COUNT = click.IntRange(1, LIST_MAX)
DAYS = click.IntRange(1, 3660)
MONTHS = click.IntRange(1, MONTHS_MAX)
PORT = click.IntRange(1, 65535)
NUMBER = click.IntRange(0, BIGINT_MAX)


def check_words(words: Sequence[str]) -> None:
    """Raise InvalidInput for an argument that is no text (bytes that are not UTF-8)."""
    for word in words:
        entrance.clean_text(word)
