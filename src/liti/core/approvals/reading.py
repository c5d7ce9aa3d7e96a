"""Queries of approvals: what waits, for whom, and how it ended."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from liti.core.approvals.kinds import Change, Line, Link, basis_of, kind_of, kinds, title_of
from liti.core.authority import query
from liti.core.context import current_actor, doer_of, people_in
from liti.core.errors import LitiError, NotFound
from liti.core.listing import count_to, ordered
from liti.core.models import Approval
from liti.core.roles import STAFF

HOUSE = ("check", "database", "day", "demo")
ATTEMPTS_MAX = 20
ORDERS = {"maker": "maker", "proposed_at": "proposed_at", "checker": "checker", "state": "state"}


@dataclass(frozen=True, slots=True)
class AttemptView:
    """One try to carry an approved proposal out that failed."""

    at: datetime
    actor: str
    code: str
    message: str
    remedy: str


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """A proposal as screens show it. `change` is what it said when it was made, in the
    reader's language; `payload` is what the handler gets, never for a screen."""

    id: UUID
    kind: str
    title: str
    key: str
    change: Change
    payload: dict[str, Any]
    state: str
    maker: str
    proposed_at: datetime
    checker: str
    decided_at: datetime | None
    reason: str
    replaces: UUID | None
    replaced_by: UUID | None

    @property
    def summary(self) -> str:
        return self.change.summary


@query(staff=STAFF, system=HOUSE)
def pending(limit: int = 100) -> list[ApprovalView]:
    """Proposals that wait and that the actor may read, oldest first."""
    rows = _readable().filter(state=Approval.State.PENDING).order_by("id")
    return [view(row) for row in rows[:limit]]


@query(staff=STAFF, system=HOUSE)
def approvals(
    *,
    whose: str = "",
    state: str = "",
    kind: str = "",
    order: str = "",
    offset: int = 0,
    limit: int = 50,
) -> list[ApprovalView]:
    """Proposals that the actor may read, newest first or by one of ORDERS.

    `whose`: "decide" for those that wait for him, "proposed" for his own, "" for all.
    """
    rows = ordered(_found(whose, state, kind), order, ORDERS, tie="-id")
    return [view(row) for row in rows[offset : offset + limit]]


@query(staff=STAFF, system=HOUSE)
def count(*, whose: str = "", state: str = "", kind: str = "", most: int = 500) -> int:
    """How many proposals `approvals` finds, counted to `most`."""
    return count_to(_found(whose, state, kind), most)


def _found(whose: str, state: str, kind: str) -> QuerySet[Approval]:
    rows = _readable().order_by("-id")
    if whose == "decide":
        rows = rows.filter(_to_decide())
    if whose == "proposed":
        rows = rows.filter(maker_id=current_actor().id, maker_id__isnull=False)
    if state:
        rows = rows.filter(state=state)
    if kind:
        rows = rows.filter(kind=kind)
    return rows


def to_decide() -> int:
    """How many proposals wait for the actor's own decision."""
    return Approval.objects.filter(_to_decide()).count()


@query(staff=STAFF, system=HOUSE)
def approval(approval_id: UUID) -> ApprovalView:
    """One proposal. Raises NotFound, also for one that the actor may not read."""
    return view(_row(approval_id))


@query(staff=STAFF, system=HOUSE)
def attempts(approval_id: UUID) -> list[AttemptView]:
    """The tries that failed, newest first."""
    rows = _row(approval_id).attempts.order_by("-id")[:ATTEMPTS_MAX]
    return [AttemptView(r.at, r.actor, r.code, r.message, r.remedy) for r in rows]


@query(staff=STAFF, system=HOUSE)
def is_stale(approval_id: UUID) -> bool:
    """Whether a waiting proposal's basis has changed (or is gone) since it was made."""
    row = _row(approval_id)
    if row.state != Approval.State.PENDING:
        return False
    try:
        return bool(basis_of(kind_of(row.kind), row.payload) != row.basis)
    except LitiError:
        return True


@query(staff=STAFF, system=HOUSE)
def may_decide(approval_id: UUID) -> bool:
    """Whether the actor may decide it: by role, and not his own."""
    return Approval.objects.filter(_to_decide(), id=approval_id).exists()


@query(staff=STAFF, system=HOUSE)
def is_own(approval_id: UUID) -> bool:
    """Whether the actor proposed it."""
    actor = current_actor()
    return actor.id is not None and _row(approval_id).maker_id == actor.id


def view(row: Approval) -> ApprovalView:
    """The row for screens, in the active language."""
    successor = getattr(row, "replaced_by", None)
    return ApprovalView(
        id=row.id,
        kind=row.kind,
        title=title_of(row.kind),
        key=row.key,
        change=_change(row.description),
        payload=row.payload,
        state=row.state,
        maker=makers_of(row),
        proposed_at=row.proposed_at,
        checker=row.checker,
        decided_at=row.decided_at,
        reason=row.reason,
        replaces=row.replaces_id,
        replaced_by=successor.id if successor else None,
    )


def makers_of(row: Approval) -> str:
    """Who proposed it, `x for y` where he stands in; of a job whose doing it was."""
    return doer_of(row.maker, row.on_behalf_of, is_person=row.maker_id is not None)


def _change(description: dict[str, Any]) -> Change:
    found: dict[str, Any] = description.get(get_language() or "en") or next(
        iter(description.values()), {}
    )
    return Change(
        summary=found.get("summary", ""),
        lines=tuple(Line(**line) for line in found.get("lines", ())),
        reach=found.get("reach", ""),
        links=tuple(Link(**link) for link in found.get("links", ())),
    )


def _row(approval_id: UUID) -> Approval:
    row = _readable().filter(id=approval_id).first()
    if row is None:
        raise NotFound("core.approval.unknown", _("There is no such proposal."))
    return row


def _readable() -> QuerySet[Approval]:
    actor = current_actor()
    rows = Approval.objects.select_related("replaced_by")
    if actor.kind == "system":
        return rows
    return rows.filter(kind__in=_names(k.name for k in kinds() if k.may_read(actor)))


def _to_decide() -> Q:
    actor = current_actor()
    names = _names(k.name for k in kinds() if k.may_decide(actor))
    others = Q(maker_id__isnull=True) | ~Q(maker_id=actor.id)
    found = Q(kind__in=names, state=Approval.State.PENDING) & others
    stood_for = people_in(actor.on_behalf_of)
    for name in {actor.label, *stood_for}:
        found &= ~Q(on_behalf_of__regex=rf"(^|[ ,]){re.escape(name)}($|[ ,])")
    return found & ~Q(maker_id__isnull=False, maker__in=stood_for)


def _names(found: Iterable[str]) -> list[str]:
    return list(found)
