"""What the rooms register with whom, read from the running registries."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

import django

django.setup()  # what follows holds models

from liti.core import authority, checks, engines, party_ids, steps, vetoes  # noqa: E402
from liti.core.approvals import kinds  # noqa: E402
from liti.core.events import handlers  # noqa: E402
from tools import docs  # noqa: E402

Registered = Callable[[], Iterable[tuple[str, str]]]


def _room(thing: object) -> str:
    return str(getattr(thing, "__module__", "")).removeprefix("liti.").partition(".")[0]


def _vetoes() -> Iterable[tuple[str, str]]:
    for action, found in vetoes.registered().items():
        yield from ((_room(objection), f"`{action}`") for objection in found)


def _columns() -> Iterable[tuple[str, str]]:
    for column in party_ids.columns():
        rule = column.field.on_merge
        how = rule if isinstance(rule, str) else "rule"
        yield column.room, f"`{column.place.partition('_')[2]}` ({how})"


def _handlers() -> Iterable[tuple[str, str]]:
    return ((h.name.partition(".")[0], f"`{h.name.partition('.')[2]}`") for h in handlers())


def _steps() -> Iterable[tuple[str, str]]:
    return ((s.name.partition(".")[0], f"`{s.name.partition('.')[2]}`") for s in steps.ordered())


def _engines() -> Iterable[tuple[str, str]]:
    return ((n.partition(".")[0], f"`{n}`") for n in engines.registered())


def _kinds() -> Iterable[tuple[str, str]]:
    return ((k.name.partition(".")[0], f"`{k.name.partition('.')[2]}`") for k in kinds())


def _mandates() -> Iterable[tuple[str, str]]:
    return ((_room(check), "who gave whom a mandate") for check in authority.mandate_checks())


def _checks() -> Iterable[tuple[str, str]]:
    return ((name.partition(".")[0], f"`{name.partition('.')[2]}`") for name in checks.names())


# port, its registry, who runs it, what is registered
PORTS: tuple[tuple[str, str, str, Registered], ...] = (
    ("moves of a customer's id", "core.party_ids", "parties, in the merge's transaction", _columns),
    ("reasons why not", "core.vetoes", "whoever owns the thing", _vetoes),
    ("events", "core.events", "the worker, a handler at a time", _handlers),
    ("steps of the day", "core.steps", "day, in order", _steps),
    ("engines of products", "core.engines", "market", _engines),
    ("kinds of proposals", "core.approvals", "whoever decides", _kinds),
    ("customers' mandates", "core.authority", "each face that a client calls", _mandates),
    ("checks of the books", "core.checks", "`liti check`", _checks),
)


def drawn() -> str:
    """A table: each port with what every room registers there."""
    docs.declared_faces()  # a face may register as well
    lines = ["| port | run by | registered by |", "| --- | --- | --- |"]
    for title, registry, runs, registered in PORTS:
        rooms: dict[str, list[str]] = {}
        for room, what in registered():
            rooms.setdefault(room, []).append(what)
        by = "<br>".join(
            f"**{room}**: {', '.join(dict.fromkeys(whats))}"
            for room, whats in sorted(rooms.items())
        )
        lines.append(f"| {title} (`{registry}`) | {runs} | {by or '–'} |")
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(drawn() + "\n")
