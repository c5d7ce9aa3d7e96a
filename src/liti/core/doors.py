"""Where each command can be reached: every edge marks its doors, and what has none says why.

    @door("market.place_order")
    def buy(request, ...): ...

The edge (console, mobile, portal, api, cli) is the package of the function that is marked.
The house's tests compare the doors with the declarations of commands (`core.authority`), and
the docs draw both as one table.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])
EDGES = ("console", "mobile", "portal", "api", "cli")


@dataclass(frozen=True, slots=True, order=True)
class Door:
    """One way to a command: the edge, and what is behind it there (a view, a call)."""

    command: str
    edge: str
    name: str


_doors: set[Door] = set()
_internal: dict[str, str] = {}


def door(*commands: str) -> Callable[[F], F]:
    """Mark a view, an API call or a CLI command as a door to commands (`room.name`)."""

    def mark(function: F) -> F:
        module = function.__module__.removeprefix("liti.")
        for command in commands:
            add(command, module.partition(".")[0], getattr(function, "__name__", module))
        return function

    return mark


def add(command: str, edge: str, name: str) -> None:
    """Register a door that is declared as data, as the console's are."""
    assert edge in EDGES, f"{edge} is no edge of the house"
    _doors.add(Door(command, edge, name))


def internal(reasons: Mapping[str, str]) -> None:
    """Commands that nobody reaches from outside, each with the reason why."""
    for command, reason in reasons.items():
        assert reason.strip(), f"{command}: say why it has no door"
        _internal[command] = reason


def doors() -> list[Door]:
    """All doors of the edges that are loaded."""
    return sorted(_doors)


def doors_of(command: str) -> list[Door]:
    """The doors of one command."""
    return [d for d in doors() if d.command == command]


def reasons() -> dict[str, str]:
    """Why some commands have no door."""
    return dict(sorted(_internal.items()))
