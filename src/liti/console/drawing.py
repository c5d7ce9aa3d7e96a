"""From a command's annotated types to the list of what its form asks for."""

from __future__ import annotations

import inspect
import types
import typing
from collections.abc import Callable, Sequence
from dataclasses import MISSING, dataclass, fields, is_dataclass
from datetime import date
from enum import Enum
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from liti.console.commands import Command

# Arguments that no form asks for: the house gives them.
GIVEN_BY_THE_HOUSE = frozenset({"progress", "house", "key", "channel", "at", "introduced_by"})
_KINDS: dict[Any, str] = {
    date: "date",
    UUID: "reference",
    bool: "flag",
    int: "number",
    str: "text",
    Path: "file",
}
_SEQUENCES = (list, tuple, Sequence, frozenset, set)


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument as its annotation says. `record` is the dataclass that it is a field of."""

    name: str
    kind: str
    required: bool
    default: Any = None
    record: str = ""


@lru_cache(maxsize=256)
def arguments(function: Callable[..., Any]) -> tuple[Argument, ...]:
    """The arguments of a face's function; those of a dataclass stand in its place."""
    hints = typing.get_type_hints(function)
    found: list[Argument] = []
    for name, parameter in inspect.signature(function).parameters.items():
        hint = hints.get(name, str)
        if is_dataclass(hint):
            found += _fields(hint, name)
        else:
            needed = parameter.default is inspect.Parameter.empty
            default = None if needed else parameter.default
            found.append(Argument(name, kind_of(name, hint), needed, default))
    return tuple(found)


def _fields(record: Any, name: str) -> list[Argument]:
    hints = typing.get_type_hints(record)
    found = []
    for item in fields(record):
        needed = item.default is MISSING and item.default_factory is MISSING
        default = None if item.default is MISSING else item.default
        found.append(
            Argument(item.name, kind_of(item.name, hints[item.name]), needed, default, name)
        )
    return found


def kind_of(name: str, hint: Any) -> str:
    """The kind of field for an annotation: `amount_minor: int` is money, a sequence lines."""
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        inner = [a for a in typing.get_args(hint) if a is not type(None)]
        return kind_of(name, Path if Path in inner else inner[0])
    if origin in _SEQUENCES or hint in _SEQUENCES:
        return "lines"
    if isinstance(hint, type) and issubclass(hint, Enum):
        return "text"
    kind = _KINDS.get(hint, "other")
    if kind == "number" and name.endswith("_minor"):
        return "money"
    return kind


def asked(command: Command, filled: typing.Collection[str]) -> list[Argument]:
    """What the form asks for: what neither the row nor the house gives.

    Where the command is carried out by a function of the catalogue's own (`calls`), that
    function's types are drawn.
    """
    drawn = arguments(command.calls or command.function)
    given = {*filled, *(GIVEN_BY_THE_HOUSE - set(command.inputs))}
    return [a for a in drawn if a.name not in given]


def packed(function: Callable[..., Any], given: dict[str, Any]) -> dict[str, Any]:
    """Arguments as the function takes them: fields of a dataclass gathered into it."""
    hints = typing.get_type_hints(function)
    drawn = arguments(function)
    records = {a.record for a in drawn if a.record}
    inner = {a.name for a in drawn if a.record}
    found = {n: v for n, v in given.items() if n not in inner}
    for name in records:
        mine = {a.name for a in drawn if a.record == name}
        found[name] = hints[name](**{n: v for n, v in given.items() if n in mine})
    return found
