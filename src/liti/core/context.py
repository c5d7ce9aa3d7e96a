"""Who is acting: set once at the edge, read wherever a trail is written or a right is checked."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from uuid import UUID, uuid4

import pghistory
from pghistory import runtime

from liti.core.memo import remembering


@dataclass(frozen=True, slots=True)
class Actor:
    """A person or program that acts.

    `kind`: staff (roles, department), customer (own `party_id`), client (a partner's program
    or its developer: `partner_id`, `scopes`), system (a named job) or nobody.
    `on_behalf_of` names whose doing a job goes on with, or for whom a member of the staff
    stands in.
    """

    kind: str
    label: str
    id: UUID | None = None
    roles: frozenset[str] = frozenset()
    department: str = ""
    request_id: str = ""
    party_id: UUID | None = None
    partner_id: UUID | None = None
    scopes: frozenset[str] = frozenset()
    on_behalf_of: str = ""

    @property
    def doer(self) -> str:
        """Who is behind what is done, for trails: a person (`x for y` where he stands in),
        and of a job the one whose doing it goes on with."""
        return doer_of(self.label, self.on_behalf_of, is_person=self.kind == "staff")


def doer_of(label: str, on_behalf_of: str, *, is_person: bool) -> str:
    """What `Actor.doer` says, from the parts that a trail keeps."""
    if is_person and on_behalf_of:
        return f"{label} for {on_behalf_of}"
    return on_behalf_of or label


def people_in(names: str) -> set[str]:
    """The single user names in a trail's text such as `x for y / z`."""
    return {n for n in re.split(r" / | for |, ", names) if n}


NOBODY = Actor(kind="nobody", label="nobody")


def job(name: str, on_behalf_of: str = "") -> Actor:
    """A named job of the house: `day`, `demo`, `payments.resolve`. Commands declare which
    jobs may call them, by the whole name or by its first part (the room)."""
    return Actor(kind="system", label=name, on_behalf_of=on_behalf_of)


@dataclass(frozen=True, slots=True)
class _Standing:
    """Who acts, and whether a command's declaration has been checked already."""

    actor: Actor
    inside: bool = False


# Whoever does not say who he is, is nobody.
_AT_START = _Standing(NOBODY)
_standing: ContextVar[_Standing] = ContextVar("liti_standing", default=_AT_START)


def current_actor() -> Actor:
    """The actor of this request, job or command."""
    return _standing.get().actor


def is_inside() -> bool:
    """Whether we are within a command whose right was checked at the outermost face."""
    return _standing.get().inside


@contextmanager
def acting(actor: Actor) -> Iterator[Actor]:
    """Everything inside is done by `actor`, in the row history too; his rights are checked
    at the first face that he comes to."""
    token = _standing.set(_Standing(actor))
    try:
        with remembering(), _in_history(actor):
            yield actor
    finally:
        _standing.reset(token)


@contextmanager
def _in_history(actor: Actor) -> Iterator[None]:
    """A context of the row history of its own: one within another would share the outer's
    row, and what was written before would be said to be the inner actor's doing."""
    metadata = {
        "actor_kind": actor.kind,
        "actor": actor.label,
        "actor_id": str(actor.id or ""),
        "on_behalf_of": actor.on_behalf_of,
        "request_id": actor.request_id,
    }
    outer = getattr(runtime._tracker, "value", None)
    if outer is None:
        with pghistory.context(**metadata):
            yield
        return
    runtime._tracker.value = runtime.Context(uuid4(), metadata)
    try:
        yield
    finally:
        runtime._tracker.value = outer


@contextmanager
def inside() -> Iterator[None]:
    """What follows was permitted: faces called from here are not checked again."""
    token = _standing.set(_Standing(_standing.get().actor, inside=True))
    try:
        yield
    finally:
        _standing.reset(token)
