"""Maker-checker: what one person proposes, another decides; then the room's handler runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.core.clock import now
from liti.core.context import current_actor
from liti.core.errors import Conflict, NotFound, Refused
from liti.core.events import emit
from liti.core.models import Approval

ApprovalHandler = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """An approval as screens and the API show it."""

    id: UUID
    kind: str
    title: str
    key: str
    summary: str
    payload: dict[str, Any]
    state: str
    maker: str
    proposed_at: datetime
    checker: str
    decided_at: datetime | None
    reason: str


_handlers: dict[str, tuple[str, ApprovalHandler, ApprovalHandler | None]] = {}


def approval_handler(
    kind: str, *, title: str, on_reject: ApprovalHandler | None = None
) -> Callable[[ApprovalHandler], ApprovalHandler]:
    """Declare what happens when a proposal of this kind is approved (or rejected)."""

    def register(handler: ApprovalHandler) -> ApprovalHandler:
        _handlers[kind] = (title, handler, on_reject)
        return handler

    return register


@transaction.atomic
def propose(kind: str, payload: dict[str, Any], summary: str, *, key: str) -> UUID:
    """Ask for a decision. The same pending thing is proposed once; asking again returns it."""
    if kind not in _handlers:
        raise NotFound(
            "core.approval.unknown_kind",
            _("Nothing knows how to carry out “%(kind)s”.") % {"kind": kind},
        )
    actor = current_actor()
    row, created = Approval.objects.get_or_create(
        kind=kind,
        key=key,
        state=Approval.State.PENDING,
        defaults={
            "payload": payload,
            "summary": summary,
            "maker": actor.label,
            "maker_id": actor.id,
        },
    )
    if created:
        emit("core.approval.proposed", str(row.id), {"kind": kind, "key": key})
    return row.id


@transaction.atomic
def decide(approval_id: UUID, approve: bool, reason: str = "") -> ApprovalView:
    """Approve or reject as the current actor, who may not be the maker.

    Raises NotFound, Conflict (already decided), Refused (own proposal, or a rejection
    without a reason).
    """
    row = Approval.objects.select_for_update().filter(id=approval_id).first()
    if row is None:
        raise NotFound("core.approval.unknown", _("There is no such proposal."))
    if row.state != Approval.State.PENDING:
        raise Conflict(
            "core.approval.decided",
            _("This proposal was already decided by %(checker)s.") % {"checker": row.checker},
        )
    actor = current_actor()
    if actor.kind != "system" and actor.id == row.maker_id:
        raise Refused(
            "core.approval.own_proposal",
            _("You proposed this yourself."),
            remedy=_("Ask a colleague with the right to decide."),
        )
    if not approve and not reason.strip():
        raise Refused("core.approval.no_reason", _("A rejection needs a reason."))
    row.state = Approval.State.APPROVED if approve else Approval.State.REJECTED
    row.checker, row.checker_id = actor.label, actor.id
    row.decided_at, row.reason = now(), reason.strip()
    row.save()
    _title, on_approve, on_reject = _handlers[row.kind]
    if approve:
        on_approve(row.payload)
    elif on_reject:
        on_reject(row.payload)
    emit("core.approval.decided", str(row.id), {"kind": row.kind, "state": row.state})
    return _view(row)


def pending(limit: int = 100) -> list[ApprovalView]:
    """Proposals that wait, oldest first."""
    rows = Approval.objects.filter(state=Approval.State.PENDING).order_by("id")[:limit]
    return [_view(row) for row in rows]


def recent(limit: int = 100) -> list[ApprovalView]:
    """All proposals, newest first."""
    return [_view(row) for row in Approval.objects.order_by("-id")[:limit]]


def approval(approval_id: UUID) -> ApprovalView:
    """One proposal. Raises NotFound."""
    row = Approval.objects.filter(id=approval_id).first()
    if row is None:
        raise NotFound("core.approval.unknown", _("There is no such proposal."))
    return _view(row)


def _view(row: Approval) -> ApprovalView:
    title = str(_handlers[row.kind][0]) if row.kind in _handlers else row.kind
    return ApprovalView(
        id=row.id,
        kind=row.kind,
        title=title,
        key=row.key,
        summary=row.summary,
        payload=row.payload,
        state=row.state,
        maker=row.maker,
        proposed_at=row.proposed_at,
        checker=row.checker,
        decided_at=row.decided_at,
        reason=row.reason,
    )
