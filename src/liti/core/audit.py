"""Reading personal data leaves a trace."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from liti.core import params
from liti.core.authority import open_to_all, own, query
from liti.core.clock import now
from liti.core.context import current_actor
from liti.core.models import AccessLog
from liti.core.roles import CUSTOMERS

BATCH = 1_000


@dataclass(frozen=True, slots=True)
class AccessView:
    """One reading."""

    actor: str
    actor_kind: str
    purpose: str
    fields: tuple[str, ...]
    at: datetime
    id: UUID | None = None


@open_to_all("whoever reads leaves a trace")
def record_access(
    subject_type: str, subject_id: UUID, purpose: str, fields: Sequence[str] = ()
) -> None:
    """Log that the current actor read these fields of this subject, and why."""
    AccessLog.objects.create(**_reading(subject_type, purpose, fields), subject_id=subject_id)


@open_to_all("one's own readings")
def own_reading(
    reading: UUID | None, subject_type: str, subject_id: Collection[UUID]
) -> AccessView | None:
    """A reading of this subject by the current actor, not longer ago than
    `core.access.view_minutes`: with it a page that was opened is shown once more, in another
    language or theme, and is one reading. Without an id the newest one.
    """
    since = now() - timedelta(minutes=int(params.get("core.access.view_minutes")))
    rows = AccessLog.objects.filter(
        subject_type=subject_type,
        subject_id__in=list(subject_id),
        actor_id=current_actor().id,
        actor_id__isnull=False,
        at__gte=since,
    )
    row = (rows.filter(id=reading) if reading else rows.order_by("-id")).first()
    return _view(row) if row else None


@open_to_all("whoever reads leaves a trace")
def record_accesses(
    subject_type: str, subject_ids: Iterable[UUID], purpose: str, fields: Sequence[str] = ()
) -> None:
    """Log that the current actor read these fields of many subjects at once, and why."""
    told = _reading(subject_type, purpose, fields)
    AccessLog.objects.bulk_create(
        [AccessLog(**told, subject_id=subject_id) for subject_id in subject_ids],
        batch_size=BATCH,
    )


def _reading(subject_type: str, purpose: str, fields: Sequence[str]) -> dict[str, Any]:
    actor = current_actor()
    return {
        "subject_type": subject_type,
        "actor_kind": actor.kind,
        "actor_id": actor.id,
        "actor": actor.doer if actor.kind == "staff" else actor.label,
        "purpose": purpose[:200],
        "fields": list(fields),
    }


@query(staff=CUSTOMERS, customer=own("subject_id"))
def accesses(
    subject_type: str, subject_id: UUID | Collection[UUID], limit: int = 50
) -> list[AccessView]:
    """Who looked, newest first; of a party, ask with all its ids (`parties.queries.ids_of`)."""
    ids = [subject_id] if isinstance(subject_id, UUID) else list(subject_id)
    rows = AccessLog.objects.filter(subject_type=subject_type, subject_id__in=ids)
    return [_view(row) for row in rows.order_by("-id")[:limit]]


def _view(row: AccessLog) -> AccessView:
    return AccessView(row.actor, row.actor_kind, row.purpose, tuple(row.fields), row.at, row.id)
