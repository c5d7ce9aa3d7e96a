"""The bell that is rung when an order over the wire is due; the worker's task hears it."""

from __future__ import annotations

from collections.abc import Callable

_bells: list[Callable[[], None]] = []


def on_due(bell: Callable[[], None]) -> None:
    """Called after the commit that made an order due."""
    _bells.append(bell)


def ring() -> None:
    """An order is due; a bell that fails is no loss, as the next minute's round finds it."""
    for bell in _bells:
        bell()
