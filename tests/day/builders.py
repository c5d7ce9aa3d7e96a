"""Steps of a test's own, in place of the house's."""

from __future__ import annotations

from datetime import UTC, date, datetime

from liti.core import steps
from liti.core.clock import set_business_date
from liti.core.steps import Chunk, DayStep
from liti.day import services

MONDAY = date(2026, 11, 23)


def bank_at(monkeypatch, on: date = MONDAY, moment: datetime | None = None) -> None:
    """The business date, and what the clock says (default: noon two days later)."""
    set_business_date(on)
    at = moment or datetime(2026, 11, 25, 4, tzinfo=UTC)
    monkeypatch.setattr(services, "now", lambda: at)


def only(monkeypatch, *declared: DayStep) -> None:
    """The house knows these steps alone."""
    monkeypatch.setattr(steps, "_steps", {s.name: s for s in declared})


def counting(name, done, *, chunks=1, after=(), breaks_at=()):
    """A step that notes (day, chunk) in `done` for each chunk, and breaks at some of them."""

    def work(on: date, cursor: str) -> Chunk:
        turn = int(cursor or 0)
        if turn in breaks_at:
            raise RuntimeError(f"{name} broke at {turn}")
        done.append((name, on.isoformat(), turn))
        return Chunk(1, str(turn + 1) if turn + 1 < chunks else "", chunks)

    return DayStep(name, name, tuple(after), work)
