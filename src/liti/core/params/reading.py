"""Reading parameters: once per request and day, all that hold in one query."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import Lead
from django.utils.translation import gettext as _

from liti.core import memo
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.history import Revision, history
from liti.core.listing import count_to, ordered
from liti.core.models import PARAMETERS, Parameter

ROWS_MAX = 500
ORDERS = {name: name for name in ("code", "scope", "regulation", "source_tag", "valid_from")}


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A dated value with its unit and where it comes from. `valid_to`: the day of the next
    value, from which this one no longer holds. A value of None: there is none."""

    code: str
    scope: str
    value: Any
    unit: str
    name_zh: str
    name_en: str
    regulation: str
    article: str
    source_tag: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The values that hold on a day, by code and scope."""

    on: date
    values: Mapping[tuple[str, str], Any]

    def find(self, code: str, scope: str = "") -> Any | None:
        """The scope's value, else the one without scope, else None."""
        found = self.values.get((code, scope)) if scope else None
        return self.values.get((code, "")) if found is None else found

    def get(self, code: str, scope: str = "") -> Any:
        """Like `find`; raises NotFound where there is no value."""
        value = self.find(code, scope)
        if value is None:
            raise NotFound(
                "core.parameter.missing",
                _("Parameter %(code)s has no value on %(day)s.") % {"code": code, "day": self.on},
                remedy=_("Propose a value from that day on."),
                parameter=code,
            )
        return value


def snapshot(on: date | None = None) -> Snapshot:
    """All values of a day (default: the business date), read once per request or job."""
    day = on or business_date()
    return memo.kept(PARAMETERS, day, lambda: _read(day, Parameter.objects.all()))


def get(code: str, *, on: date | None = None, scope: str = "") -> Any:
    """The value in force on a day (default: the business date).

    A value of the scope wins over the one without scope. Raises NotFound where the
    parameter has no value on that day, so that nothing falls back silently.
    """
    return _of(code, on).get(code, scope)


def find(code: str, *, on: date | None = None, scope: str = "") -> Any | None:
    """Like `get`, but None where no rule is in force: for limits that need not exist."""
    return _of(code, on).find(code, scope)


def rows(
    *, text: str = "", order: str = "", offset: int = 0, limit: int = 50
) -> list[ParameterView]:
    """Parameters by a part of code, name or regulation, by code and newest first or by one
    of ORDERS."""
    found = ordered(_found(text), order, ORDERS)
    return _views(found[offset : offset + min(limit, ROWS_MAX)])


def count(*, text: str = "", most: int = ROWS_MAX) -> int:
    """How many rows `rows` finds, counted to `most`."""
    return count_to(_found(text), most)


def _found(text: str) -> QuerySet[Parameter]:
    found = _with_ends().order_by("code", "scope", "-valid_from")
    if text:
        named = Parameter.objects.filter(
            Q(code__icontains=text)
            | Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(regulation__icontains=text)
        )
        found = found.filter(code__in=named.values("code"))
    return found


def parameter(code: str) -> list[ParameterView]:
    """All values of a code, by scope and newest first. Raises NotFound."""
    found = _views(_with_ends().filter(code=code).order_by("scope", "-valid_from")[:ROWS_MAX])
    if not found:
        raise NotFound(
            "core.parameter.unknown",
            _("There is no parameter %(code)s.") % {"code": code},
            remedy=_("Choose one of the list of parameters."),
        )
    return found


def history_of(code: str) -> list[Revision]:
    """Who wrote which value of a code, and when."""
    return history(Parameter, name=("scope", "valid_from"), code=code)


def _of(code: str, on: date | None) -> Snapshot:
    """The whole day where it is kept, else only the code."""
    if memo.is_on(PARAMETERS):
        return snapshot(on)
    return _read(on or business_date(), Parameter.objects.filter(code=code))


def _read(day: date, parameters: QuerySet[Parameter]) -> Snapshot:
    found = (
        parameters.filter(valid_from__lte=day)
        .order_by("code", "scope", "-valid_from")
        .distinct("code", "scope")
        .values_list("code", "scope", "value")
    )
    return Snapshot(day, {(code, scope): value for code, scope, value in found})


def _with_ends() -> QuerySet[Parameter]:
    following = Window(
        Lead("valid_from"), partition_by=[F("code"), F("scope")], order_by=F("valid_from").asc()
    )
    return Parameter.objects.annotate(valid_to=following)


def _views(found: QuerySet[Parameter]) -> list[ParameterView]:
    return [ParameterView(**row) for row in found.values(*ParameterView.__dataclass_fields__)]
