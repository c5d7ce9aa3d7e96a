"""Who is acting: set once at the edge, read wherever a trail is written."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID

import pghistory


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program that acts. `kind` is staff, customer, partner or system."""

    kind: str
    label: str
    id: UUID | None = None
    roles: frozenset[str] = frozenset()
    department: str = ""
    request_id: str = ""

    def has_role(self, *roles: str) -> bool:
        """Whether the actor holds any of the roles; the system holds all of them."""
        return self.kind == "system" or bool(self.roles & set(roles))


SYSTEM = Actor(kind="system", label="system")
_actor: ContextVar[Actor] = ContextVar("liti_actor", default=SYSTEM)


def current_actor() -> Actor:
    """The actor of this request, job or command."""
    return _actor.get()


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Everything inside is done by `actor`, in the row history too."""
    token = _actor.set(actor)
    try:
        with pghistory.context(
            actor_kind=actor.kind,
            actor=actor.label,
            actor_id=str(actor.id or ""),
            request_id=actor.request_id,
        ):
            yield actor
    finally:
        _actor.reset(token)
