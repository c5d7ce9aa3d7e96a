"""Who carries out a close that staff asked for: the worker's queue, or what a test puts there."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

# (day, label of who asked)
Carrier = Callable[[date, str], None]
_carriers: list[Carrier] = []


def on_request(carrier: Carrier) -> None:
    """Be told of each request."""
    if carrier not in _carriers:
        _carriers.append(carrier)


def tell(on: date, by: str) -> None:
    """Pass a request on."""
    for carrier in _carriers:
        carrier(on, by)
