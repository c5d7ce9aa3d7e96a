"""How a body is read: JSON by the one edge of the house, and types that take nothing for another.

All that comes in derives from `Body`: "5", 5.0 and true are no integers there, 1 is no flag.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, cast
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from ninja.parser import Parser
from ninja.types import DictStrAny
from pydantic import BeforeValidator, ConfigDict
from pydantic_core import PydanticCustomError

from liti.core import entrance
from liti.core.errors import LitiError

UUID_CHARS = 36


class Body(Schema):
    """What comes in over the wire: each value is of its type, or refused."""

    model_config = ConfigDict(strict=True)


class StrictParser(Parser):
    """Bodies by `core.entrance.json_of`, parameters as the texts that they are."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        return cast(DictStrAny, entrance.json_of(request.body))


def _day(value: Any) -> date:
    try:
        return entrance.day(value if isinstance(value, str) else repr(value))
    except LitiError as error:
        raise PydanticCustomError("day", "{why}", {"why": str(error)}) from error


def _id(value: Any) -> UUID:
    if isinstance(value, str) and len(value) == UUID_CHARS and value.isascii():
        try:
            return UUID(value)
        except ValueError:
            pass
    raise PydanticCustomError("uuid", "{why}", {"why": _("This is no UUID.")})


def _digits(value: Any) -> int:
    try:
        return entrance.whole(value)
    except LitiError as error:
        raise PydanticCustomError("whole", "{why}", {"why": str(error)}) from error


Day = Annotated[date, BeforeValidator(_day)]
Id = Annotated[UUID, BeforeValidator(_id)]
Digits = Annotated[int, BeforeValidator(_digits)]


def words(error: dict[str, Any]) -> str:
    """What is wrong with a value, in the reader's language."""
    kind, bounds = str(error.get("type", "")), dict(error.get("ctx") or {})
    if kind in ("day", "uuid", "whole") and "why" in bounds:
        return str(bounds["why"])
    texts = {
        "missing": _("This is missing."),
        "int_type": _("This is no integer."),
        "int_from_float": _("This is no integer."),
        "int_parsing": _("This is no integer."),
        "int_parsing_size": _("This number is too large."),
        "bool_type": _("This is neither true nor false."),
        "string_type": _("This is no text."),
        "list_type": _("This is no list."),
        "string_pattern_mismatch": _("This holds characters that are not allowed here."),
    }
    if kind in texts:
        return str(texts[kind])
    limits = {
        "greater_than": (_("This must be more than %(bound)s."), "gt"),
        "greater_than_equal": (_("This must be at least %(bound)s."), "ge"),
        "less_than": (_("This must be less than %(bound)s."), "lt"),
        "less_than_equal": (_("This must be at most %(bound)s."), "le"),
        "string_too_long": (_("At most %(bound)s characters."), "max_length"),
        "string_too_short": (_("At least %(bound)s characters."), "min_length"),
        "too_long": (_("At most %(bound)s items."), "max_length"),
        "too_short": (_("At least %(bound)s items."), "min_length"),
    }
    if kind in limits:
        text, name = limits[kind]
        return str(text) % {"bound": bounds.get(name, "")}
    return str(_("This does not fit the schema."))
