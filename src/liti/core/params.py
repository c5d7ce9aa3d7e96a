"""What a bank would change: dated values, asked for on a day, never constants in code."""

from __future__ import annotations

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


def get(code: str, *, on: date | None = None, scope: str = "") -> Any:
    """The value in force on a day (default: the business date).

    A value of the scope wins over the one without scope. Raises NotFound where the
    parameter has no value on that day, so that nothing falls back silently.
    """
    day = on or business_date()
    row = (
        Parameter.objects.filter(code=code, scope__in=["", scope], valid_from__lte=day)
        .filter(Q(valid_to=None) | Q(valid_to__gt=day))
        .order_by("-scope", "-valid_from")
        .values_list("value", flat=True)
        .first()
    )
    if row is None:
        raise NotFound(
            "core.parameter.missing",
            _("Parameter %(code)s has no value on %(day)s.") % {"code": code, "day": day},
            remedy=_("Add a row with its validity to the parameters."),
            parameter=code,
        )
    return row


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
