"""What a row was before: written by the database itself (pghistory), read here for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

import pghistory
from django.db import models

from liti.core.context import doer_of

HISTORY_MAX, READ_MAX = 100, 1000


def tracked[M: type[models.Model]](model: M) -> M:
    """Class decorator: the database writes down every insert, update and delete of the model."""
    events = (pghistory.InsertEvent(), pghistory.UpdateEvent(), pghistory.DeleteEvent())
    track: Any = pghistory.track(*events)
    return cast(M, track(model))


@dataclass(frozen=True, slots=True)
class Revision:
    """One writing of one row: who and when, the row's key, and each value that changed."""

    at: datetime
    event: str
    actor: str
    on_behalf_of: str
    doer: str
    row: str
    changes: Mapping[str, tuple[Any, Any]]


def history(
    model: type[models.Model],
    *,
    name: Sequence[str],
    hidden: Sequence[str] = ("id",),
    limit: int = HISTORY_MAX,
    **filters: Any,
) -> list[Revision]:
    """Revisions of the rows that match, newest first. `name`: the columns that name a row."""
    events: Any = model.pgh_event_model  # type: ignore[attr-defined]  # put there by pghistory
    columns = [f.attname for f in model._meta.concrete_fields if f.name not in hidden]
    rows = events.objects.filter(**filters).select_related("pgh_context").order_by("-pgh_id")
    before: dict[Any, dict[str, Any]] = {}
    found = []
    for row in reversed(rows[:READ_MAX]):
        identity = getattr(row, "pgh_obj_id", None)
        new = {c: getattr(row, c) for c in columns}
        old = before.get(identity, {})
        gone = row.pgh_label == "delete"
        before[identity] = {} if gone else new
        context = row.pgh_context.metadata if row.pgh_context else {}
        found.append(
            Revision(
                at=row.pgh_created_at,
                event=row.pgh_label,
                actor=context.get("actor", ""),
                on_behalf_of=context.get("on_behalf_of", ""),
                doer=doer_of(
                    context.get("actor", ""),
                    context.get("on_behalf_of", ""),
                    is_person=context.get("actor_kind") == "staff",
                ),
                row=" ".join(str(new[n]) for n in name if new[n] not in ("", None)),
                changes={
                    c: (new[c], None) if gone else (old.get(c), new[c])
                    for c in columns
                    if gone or old.get(c) != new[c]
                },
            )
        )
    return found[::-1][:limit]
