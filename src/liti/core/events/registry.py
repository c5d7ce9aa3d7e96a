"""Who hears what: the rooms declare their handlers, each under a name that stays."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured

AT_ONCE = 100
AT_ONCE_MAX = 1000
_NAME = re.compile(r"[a-z_]+\.[a-z_.]+")


@dataclass(frozen=True, slots=True)
class EventView:
    """What a subscriber sees. `seq` ascends in the order of commits for one key; `actor` is
    the label of who did it, or of whom he did it for."""

    id: UUID
    type: str
    key: str
    payload: dict[str, Any]
    occurred_at: datetime
    seq: int = 0
    actor: str = ""


Handle = Callable[[EventView], None]
HandleBatch = Callable[[list[EventView]], None]


@dataclass(frozen=True, slots=True)
class Handler:
    """A declared handler: `<room>.<what>`, the types it hears, how many a transaction takes."""

    name: str
    types: frozenset[str]
    handle: HandleBatch = field(repr=False)
    takes_batches: bool
    at_once: int
    formerly: tuple[str, ...]

    @property
    def room(self) -> str:
        """The room that declared it."""
        return self.name.partition(".")[0]


_handlers: dict[str, Handler] = {}


def subscribe(
    *types: str, name: str, at_once: int = AT_ONCE, formerly: Sequence[str] = ()
) -> Callable[[Handle], Handle]:
    """Declare a handler that is called with one event at a time; rooms do so in events.py.

    `name` is written into every delivery, so it stays when the function is renamed; what still
    waits under an earlier name is taken over by `formerly`. A transaction takes up to `at_once`
    events: few where the handler locks what others need. It must be idempotent (a worker may
    die before it commits), must not call over a network and must not commit by itself.
    Raises ImproperlyConfigured for a name that is taken or is none.
    """

    def register(handle: Handle) -> Handle:
        def each(events: list[EventView]) -> None:
            for event in events:
                handle(event)

        _add(Handler(name, frozenset(types), each, False, at_once, tuple(formerly)))
        return handle

    return register


def subscribe_batch(
    *types: str, name: str, at_once: int = AT_ONCE_MAX, formerly: Sequence[str] = ()
) -> Callable[[HandleBatch], HandleBatch]:
    """Declare a handler that takes a list of events, in order, and handles them as one set."""

    def register(handle: HandleBatch) -> HandleBatch:
        _add(Handler(name, frozenset(types), handle, True, at_once, tuple(formerly)))
        return handle

    return register


def unsubscribe(name: str) -> None:
    """Forget a handler (of a test). What waits for it stays, shown as without a handler."""
    _handlers.pop(name, None)


def handlers() -> list[Handler]:
    """All declared handlers, by name."""
    return [_handlers[name] for name in sorted(_handlers)]


def handler(name: str) -> Handler | None:
    """The handler of that name; None where it was removed or renamed."""
    return _handlers.get(name)


def hearers(type: str) -> list[str]:
    """The names of those that hear a type."""
    return [h.name for h in _handlers.values() if type in h.types]


def _add(declared: Handler) -> None:
    if not _NAME.fullmatch(declared.name):
        raise ImproperlyConfigured(f"{declared.name}: a handler is named <room>.<what>")
    if not declared.types or not 0 < declared.at_once <= AT_ONCE_MAX:
        raise ImproperlyConfigured(f"{declared.name} hears nothing, or too much at once")
    taken = {name for h in _handlers.values() for name in (h.name, *h.formerly)}
    if clash := taken & {declared.name, *declared.formerly}:
        raise ImproperlyConfigured(f"{', '.join(sorted(clash))}: the handler's name is taken")
    _handlers[declared.name] = declared
