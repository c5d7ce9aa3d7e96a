"""Relations between rooms: database views that a room owns and others may read in SQL.

A view is made by a migration of its room, is called `<room>_<thing>_v` and declared in the
room's `relations.py`. Nothing else of a room's tables is named in another room's SQL, so a
table may change as long as its view gives the same columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

_declared: dict[str, Relation] = {}


@dataclass(frozen=True, slots=True)
class Relation:
    """A view: its name, what a row is, and what each column means, in the view's order."""

    name: str
    row: str
    columns: Mapping[str, str]


def relation(name: str, row: str, **columns: str) -> Relation:
    """Declare a view. The name says whose it is: `<room>_<thing>_v`."""
    assert name.endswith("_v"), f"{name}: a view between rooms is called <room>_<thing>_v"
    assert name not in _declared, f"{name} is declared twice"
    _declared[name] = found = Relation(name, row, columns)
    return found


def declared() -> list[Relation]:
    """Every declared view of the rooms that are loaded."""
    return [_declared[name] for name in sorted(_declared)]
