"""Things that a form may refer to: how they are searched, and how one is read by its id."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils.functional import Promise

from liti.core.errors import LitiError

Text = str | Promise
HITS = 8
TEXT_MIN = 2


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing found."""

    value: str
    title: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Reference:
    """A kind of thing. `search` gives up to HITS, `read` raises NotFound; `is_id`: a UUID."""

    name: str
    about: Text
    search: Callable[[str], Sequence[Hit]]
    read: Callable[[str], Hit]
    is_id: bool = True


_references: dict[str, Reference] = {}


def register(*declared: Reference) -> None:
    """Add kinds of things."""
    for item in declared:
        assert item.name not in _references, item.name
        _references[item.name] = item


def known(name: str) -> bool:
    """Whether a kind is registered."""
    return name in _references


def about(name: str) -> Text:
    """What to type."""
    return _references[name].about


def search(name: str, text: str) -> list[Hit]:
    """What fits the words; nothing below two characters."""
    return list(_references[name].search(text)[:HITS]) if len(text) >= TEXT_MIN else []


def read(name: str, value: str) -> Hit | None:
    """The thing of that value, or None."""
    declared = _references[name]
    try:
        if declared.is_id:
            UUID(value)
        return declared.read(value)
    except (ValueError, LitiError):
        return None


def value_of(name: str, hit: Hit) -> Any:
    """What the command gets."""
    return UUID(hit.value) if _references[name].is_id else hit.value
