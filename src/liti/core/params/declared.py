"""Declarations of parameters: each room's `parameters.yaml`, typed and checked when read.

A row: code, value, unit, source; type (and min, max, choices, optional, open_scope) on the
code's first row; scope, name_zh, name_en, regulation, article, valid_from where there are any.
A value of None means: from this day on there is none (only where `optional`).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib import resources
from typing import Any

import yaml
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.errors import InvalidInput, NotFound
from liti.core.models import Parameter
from liti.core.money import format_minor, to_minor

SINCE = date(1990, 1, 1)
WHOLE = ("integer", "money", "basis_points")
TYPES = (*WHOLE, "decimal", "flag", "time", "text", "list", "map")
UNITS: dict[str, Promise] = {
    "accounts": gettext_lazy("accounts"),
    "calendar days": gettext_lazy("calendar days"),
    "cards": gettext_lazy("cards"),
    "contacts": gettext_lazy("contacts"),
    "contacts a day": gettext_lazy("contacts a day"),
    "days": gettext_lazy("days"),
    "months": gettext_lazy("months"),
    "persons": gettext_lazy("persons"),
    "tests": gettext_lazy("tests"),
    "years": gettext_lazy("years"),
}
_TYPED = {"type", "min", "max", "choices", "optional", "open_scope"}
_REQUIRED = {"code", "value", "unit", "source"}
_KNOWN = _REQUIRED | _TYPED | {"scope", "name_zh", "name_en", "regulation", "article", "valid_from"}
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_LIST = re.compile(r"[,，、;；\s]+")  # what people type in Chinese
TEXT_MAX, ITEMS_MAX = 2000, 100


@dataclass(slots=True)
class Declared:
    """What a parameter may be. Bounds are for numbers (each number of a map); choices for
    texts (each item of a list). `scopes` are those that may have a value of their own."""

    code: str
    type: str
    unit: str
    name_zh: str = ""
    name_en: str = ""
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    choices: tuple[str, ...] = ()
    optional: bool = False
    open_scope: bool = False
    scopes: set[str] = field(default_factory=set)

    def check(self, value: Any) -> Any:
        """The value if it may be stored. Raises InvalidInput `core.parameter.wrong_value`."""
        if value is None:
            if not self.optional:
                raise self._wrong(_("there must be a value"))
            return None
        _CHECKS[self.type](self, value)
        return value

    def parse(self, text: str) -> Any:
        """The value from what a person typed: money in yuan, shares as 5% or in basis points,
        lists with commas, maps as `name: value, …`. Raises InvalidInput."""
        text = text.strip()
        if len(text) > TEXT_MAX:
            raise self._wrong(_("too long"))
        return self.check(_PARSERS[self.type](self, text))

    def show(self, value: Any) -> str:
        """The value as people read it, with its unit, in the active language."""
        if value is None:
            return _("no value")
        if isinstance(value, bool):
            return _("Yes") if value else _("No")
        if isinstance(value, list):
            return ", ".join(map(str, value))
        if isinstance(value, dict):
            return ", ".join(f"{name}: {self._number(n)}" for name, n in value.items())
        return self._number(value)

    def _number(self, value: Any) -> str:
        if self.type == "money" or (self.type == "map" and self.unit == "minor"):
            return f"¥{format_minor(value)}"
        if self.type == "basis_points":
            return f"{(Decimal(value) / 100).normalize():f}%"
        shown = f"{value:,}" if isinstance(value, int) else str(value)
        return f"{shown} {UNITS[self.unit]}" if self.unit in UNITS else shown

    def _whole(self, value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int):
            raise self._wrong(_("a whole number is needed"))
        self._bounded(Decimal(value))

    def _decimal(self, value: Any) -> None:
        try:
            number = Decimal(value if isinstance(value, str) else "no")
        except InvalidOperation:
            raise self._wrong(_("a decimal number as text is needed"))
        if not number.is_finite() or abs(number.adjusted()) > 18:
            raise self._wrong(_("the number is out of all bounds"))
        self._bounded(number)

    def _bounded(self, number: Decimal) -> None:
        if self.minimum is not None and number < self.minimum:
            raise self._wrong(_("not below %(bound)s") % {"bound": self._bound(self.minimum)})
        if self.maximum is not None and number > self.maximum:
            raise self._wrong(_("not above %(bound)s") % {"bound": self._bound(self.maximum)})

    def _bound(self, bound: Decimal) -> str:
        return str(bound) if self.type == "decimal" else self._number(int(bound))

    def _flag(self, value: Any) -> None:
        if not isinstance(value, bool):
            raise self._wrong(_("yes or no is needed"))

    def _time(self, value: Any) -> None:
        if not isinstance(value, str) or not _TIME.fullmatch(value):
            raise self._wrong(_("a time such as 21:00 is needed"))

    def _text(self, value: Any) -> None:
        if not isinstance(value, str) or not value or len(value) > TEXT_MAX:
            raise self._wrong(_("a text is needed"))
        if self.choices and value not in self.choices:
            raise self._wrong(_("one of: %(known)s") % {"known": ", ".join(self.choices)})

    def _list(self, value: Any) -> None:
        if not isinstance(value, list) or not 0 < len(value) <= ITEMS_MAX:
            raise self._wrong(_("a list is needed"))
        for item in value:
            self._text(item)
        if len(set(value)) != len(value):
            raise self._wrong(_("an item stands twice"))

    def _map(self, value: Any) -> None:
        if not isinstance(value, dict) or not 0 < len(value) <= ITEMS_MAX:
            raise self._wrong(_("names with numbers are needed"))
        for name, number in value.items():
            self._text(name)
            self._whole(number)

    def _parse_whole(self, text: str) -> int:
        if self.type == "money" or (self.type == "map" and self.unit == "minor"):
            return to_minor(text, settings.LITI_CURRENCY)
        if self.type == "basis_points" and text.endswith("%"):
            return self._parse_percent(text.removesuffix("%").strip())
        if not re.fullmatch(r"-?[0-9]{1,15}", plain := text.replace(",", "")):
            raise self._wrong(_("a whole number is needed"))
        return int(plain)

    def _parse_percent(self, text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,6}(\.[0-9]{1,2})?", text):
            raise self._wrong(_("a percentage with at most two decimals is needed"))
        return int(Decimal(text) * 100)

    def _parse_flag(self, text: str) -> bool:
        known = {"yes": True, "true": True, "是": True, "no": False, "false": False, "否": False}
        if text.lower() not in known:
            raise self._wrong(_("yes or no is needed"))
        return known[text.lower()]

    def _parse_map(self, text: str) -> dict[str, int]:
        pairs = [
            part.replace("：", ":").partition(":") for part in re.split(r"[;；\n]|,\s", text)
        ]  # what people type in Chinese
        return {name.strip(): self._parse_whole(number.strip()) for name, _sep, number in pairs}

    def _wrong(self, why: str) -> InvalidInput:
        return InvalidInput(
            "core.parameter.wrong_value",
            _("Parameter %(code)s can't have this value: %(why)s.")
            % {"code": self.code, "why": why},
            field="value",
            parameter=self.code,
        )


_CHECKS: dict[str, Callable[[Declared, Any], None]] = {
    **dict.fromkeys(WHOLE, Declared._whole),
    "decimal": Declared._decimal,
    "flag": Declared._flag,
    "time": Declared._time,
    "text": Declared._text,
    "list": Declared._list,
    "map": Declared._map,
}
_PARSERS: dict[str, Callable[[Declared, str], Any]] = {
    **dict.fromkeys(WHOLE, Declared._parse_whole),
    "decimal": lambda _d, text: text,
    "flag": Declared._parse_flag,
    "time": lambda _d, text: text,
    "text": lambda _d, text: text,
    "list": lambda _d, text: [item for item in _LIST.split(text) if item],
    "map": Declared._parse_map,
}


@cache
def declarations() -> dict[str, Declared]:
    """All declarations of the house, by code. Raises InvalidInput for a wrong one."""
    found: dict[str, Declared] = {}
    for room in settings.LITI_ROOMS:
        package = f"liti.{room}"
        for row in _read(package):
            _declare(package, row, found)
    return found


def declaration(code: str) -> Declared:
    """The declaration of a code. Raises NotFound."""
    try:
        return declarations()[code]
    except KeyError:
        raise NotFound(
            "core.parameter.unknown",
            _("There is no parameter %(code)s.") % {"code": code},
            remedy=_("Choose one of the list of parameters."),
        )


def load(package: str) -> int:
    """Load a room's parameters.yaml; rows that a bank has changed stay. Returns rows read."""
    rows = _read(package)
    known: dict[str, Declared] = {}
    for row in rows:
        _declare(package, row, known)
    Parameter.objects.bulk_create([_row(r) for r in rows], ignore_conflicts=True)
    return len(rows)


def _read(package: str) -> list[dict[str, Any]]:
    file = resources.files(package) / "parameters.yaml"
    if not file.is_file():
        return []
    rows: list[dict[str, Any]] = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    return rows


def _declare(package: str, row: dict[str, Any], found: dict[str, Declared]) -> None:
    """Read one row into the declarations, checking its value against its type."""
    code = row.get("code", "?")
    words = {"package": package, "code": code}
    needed = _REQUIRED if code in found else _REQUIRED | {"type"}
    if missing := needed - row.keys():
        raise InvalidInput(
            "core.parameter.incomplete",
            _("%(package)s/parameters.yaml: %(code)s lacks %(fields)s.")
            % {**words, "fields": ", ".join(sorted(missing))},
        )
    odd = row.keys() - _KNOWN or ({row["type"]} - set(TYPES) if "type" in row else set())
    if odd:
        raise InvalidInput(
            "core.parameter.odd",
            _("%(package)s/parameters.yaml: %(code)s has %(fields)s, which means nothing.")
            % {**words, "fields": ", ".join(sorted(odd))},
        )
    if code not in found:
        found[code] = Declared(
            code=code,
            type=row["type"],
            unit=row["unit"],
            name_zh=row.get("name_zh", ""),
            name_en=row.get("name_en", ""),
            minimum=Decimal(str(row["min"])) if "min" in row else None,
            maximum=Decimal(str(row["max"])) if "max" in row else None,
            choices=tuple(row.get("choices", ())),
            optional=row.get("optional", False),
            open_scope=row.get("open_scope", False),
        )
    found[code].scopes.add(row.get("scope", ""))
    found[code].check(row["value"])


def _row(row: dict[str, Any]) -> Parameter:
    return Parameter(
        code=row["code"],
        scope=row.get("scope", ""),
        value=row["value"],
        unit=row["unit"],
        name_zh=row.get("name_zh", ""),
        name_en=row.get("name_en", ""),
        regulation=row.get("regulation", ""),
        article=str(row.get("article", "")),
        source_tag=row["source"],
        valid_from=row.get("valid_from", SINCE),
    )
