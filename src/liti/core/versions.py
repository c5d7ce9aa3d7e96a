"""Rows with valid_from and valid_to: which one holds on a day, and how the next one follows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext as _

from liti.core.errors import Conflict
from liti.core.ids import uuid7


def holding[M: models.Model](rows: models.QuerySet[M], day: date) -> M | None:
    """The row that holds on the day: the latest that has begun and has not ended."""
    begun = rows.filter(valid_from__lte=day).filter(Q(valid_to=None) | Q(valid_to__gt=day))
    return begun.order_by("-valid_from").first()


def follow(
    rows: models.QuerySet[Any],
    key: Mapping[str, Any],
    values: Mapping[str, Any] | None,
    day: date,
    *,
    numbered: bool = False,
) -> None:
    """Let values hold for `key` from the day on, until the next row or the end that was set.

    The row of the day before ends on it; what `values` does not name is taken over from it.
    None ends what holds. `numbered`: rows carry `version`, which goes on counting. Raises
    Conflict where nothing holds that could end, or a row that began on the day would end there.
    """
    found: list[Any] = list(rows.select_for_update().filter(**key).order_by("valid_from"))
    held = next((r for r in reversed(found) if _covers(r, day)), None)
    if values is None:
        _end(held, day)
        return
    if held is not None and held.valid_from == day:
        for name, value in values.items():
            setattr(held, name, value)
        held.save()
        return
    following = next((r.valid_from for r in found if r.valid_from > day), None)
    ends = min((d for d in (following, held.valid_to if held else None) if d), default=None)
    taken = {f.attname: getattr(held, f.attname) for f in rows.model._meta.fields} if held else {}
    if held is not None:
        held.valid_to = day
        held.save(update_fields=["valid_to"])
    if numbered:
        taken["version"] = max((r.version for r in found), default=0) + 1
    new = taken | dict(key) | dict(values)
    rows.model._default_manager.create(**new | {"id": uuid7(), "valid_from": day, "valid_to": ends})


def _covers(row: Any, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or row.valid_to > day)


def _end(held: Any, day: date) -> None:
    if held is None:
        raise Conflict(
            "core.change.nothing_holds",
            _("Nothing holds on %(day)s that could end.") % {"day": day},
        )
    if held.valid_from == day:
        raise Conflict(
            "core.change.begins_then",
            _("It begins on %(day)s: it can end on a later day only.") % {"day": day},
        )
    held.valid_to = day
    held.save(update_fields=["valid_to"])
