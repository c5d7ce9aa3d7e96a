"""What a bank would change: dated values, asked for on a day, never constants in code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from importlib import resources
from typing import Any

import yaml
from django.db.models import Q
from django.utils.translation import gettext as _

from liti.core.clock import business_date
from liti.core.errors import InvalidInput, NotFound
from liti.core.models import Parameter

_REQUIRED = {"code", "value", "unit", "source"}
ROWS_MAX = 500


@dataclass(frozen=True, slots=True)
class ParameterView:
    """A dated value with its unit and where it comes from."""

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


def rows(*, text: str = "", offset: int = 0, limit: int = 50) -> list[ParameterView]:
    """Parameters by a part of code, name or regulation, by code and newest first."""
    found = Parameter.objects.order_by("code", "scope", "-valid_from")
    if text:
        found = found.filter(
            Q(code__icontains=text)
            | Q(name_zh__icontains=text)
            | Q(name_en__icontains=text)
            | Q(regulation__icontains=text)
        )
    names = list(ParameterView.__dataclass_fields__)
    page = found[offset : offset + min(limit, ROWS_MAX)]
    return [ParameterView(**row) for row in page.values(*names)]


def get(code: str, *, on: date | None = None, scope: str = "") -> Any:
    """The value in force on a day (default: the business date).

    A value of the scope wins over the one without scope. Raises NotFound where the
    parameter has no value on that day, so that nothing falls back silently.
    """
    day = on or business_date()
    value = find(code, on=day, scope=scope)
    if value is None:
        raise NotFound(
            "core.parameter.missing",
            _("Parameter %(code)s has no value on %(day)s.") % {"code": code, "day": day},
            remedy=_("Add a row with its validity to the parameters."),
            parameter=code,
        )
    return value


def find(code: str, *, on: date | None = None, scope: str = "") -> Any | None:
    """Like `get`, but None where no rule is in force: for limits that need not exist."""
    day = on or business_date()
    return (
        Parameter.objects.filter(code=code, scope__in=["", scope], valid_from__lte=day)
        .filter(Q(valid_to=None) | Q(valid_to__gt=day))
        .order_by("-scope", "-valid_from")
        .values_list("value", flat=True)
        .first()
    )


def load(package: str) -> int:
    """Load a room's parameters.yaml; rows that a bank has changed stay. Returns rows read."""
    file = resources.files(package) / "parameters.yaml"
    if not file.is_file():
        return 0
    rows = yaml.safe_load(file.read_text(encoding="utf-8")) or []
    for row in rows:
        if missing := _REQUIRED - row.keys():
            raise InvalidInput(
                "core.parameter.incomplete",
                _("%(package)s/parameters.yaml: %(code)s lacks %(fields)s.")
                % {
                    "package": package,
                    "code": row.get("code", "?"),
                    "fields": ", ".join(sorted(missing)),
                },
            )
    Parameter.objects.bulk_create([_row(r) for r in rows], ignore_conflicts=True)
    return len(rows)


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
        valid_from=row.get("valid_from", date(1990, 1, 1)),
        valid_to=row.get("valid_to"),
    )
