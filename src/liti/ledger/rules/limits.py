"""Cumulative limits: what may move on an account within a day, a month, a year, ever or at once."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class Side(StrEnum):
    """Which way the money goes, seen from the account."""

    OUT = "out"
    IN = "in"


class Window(StrEnum):
    """Over what time a limit counts; by booking date."""

    SINGLE = "single"
    DAY = "day"
    MONTH = "month"
    YEAR = "year"
    EVER = "ever"

    def start(self, on: date) -> date:
        """The first day of the window that holds a day."""
        if self == Window.MONTH:
            return on.replace(day=1)
        if self == Window.YEAR:
            return on.replace(month=1, day=1)
        return date(1900, 1, 1) if self == Window.EVER else on


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit of a class of accounts. `max_minor` in minor units of the account.

    `kinds` and `counterparties`: what it counts; empty counts all. `valid_from`: its first
    booking date; the newest of a name counts.
    """

    name: str
    side: str
    window: str
    max_minor: int
    kinds: frozenset[str] = frozenset()
    counterparties: frozenset[str] = frozenset()
    valid_from: date = date(1900, 1, 1)
    id: int = 0

    def counts(self, side: str, kind: str, counterparty: str) -> bool:
        """Whether a movement falls under it."""
        return (
            side == self.side
            and (not self.kinds or kind in self.kinds)
            and (not self.counterparties or counterparty in self.counterparties)
        )


UseKey = tuple[int, int, date]


@dataclass(slots=True)
class Uses:
    """What accounts have consumed of their limits: (account number, limit id, first day of the
    window) → minor units. `changed` is what this batch adds."""

    limits: dict[int, tuple[Limit, ...]] = field(default_factory=dict)
    used: dict[UseKey, int] = field(default_factory=dict)
    changed: dict[UseKey, int] = field(default_factory=dict)

    def of(self, limit_class: int, on: date) -> list[Limit]:
        """The limits of a class on a day: of each name the newest that is valid."""
        newest: dict[str, Limit] = {}
        for limit in self.limits.get(limit_class, ()):
            if limit.valid_from <= on:
                known = newest.get(limit.name)
                if known is None or limit.valid_from > known.valid_from:
                    newest[limit.name] = limit
        return list(newest.values())

    def exceeded(
        self, number: int, limit_class: int, side: str, kind: str, counterparty: str,
        on: date, amount_minor: int,
    ) -> Limit | None:  # fmt: skip
        """The first limit that an amount would go beyond."""
        for limit in self.of(limit_class, on):
            if not limit.counts(side, kind, counterparty):
                continue
            if limit.window == Window.SINGLE:
                used = 0
            else:
                key = (number, limit.id, Window(limit.window).start(on))
                used = self.used.get(key, 0) + self.changed.get(key, 0)
            if used + amount_minor > limit.max_minor:
                return limit
        return None

    def consume(
        self, number: int, limit_class: int, side: str, kind: str, counterparty: str,
        on: date, amount_minor: int,
    ) -> None:  # fmt: skip
        """Count an amount; a negative one gives back what was counted before, never more."""
        for limit in self.of(limit_class, on):
            if limit.window == Window.SINGLE or not limit.counts(side, kind, counterparty):
                continue
            key = (number, limit.id, Window(limit.window).start(on))
            there = self.used.get(key, 0) + self.changed.get(key, 0)
            change = max(amount_minor, -there)
            if change:
                self.changed[key] = self.changed.get(key, 0) + change
