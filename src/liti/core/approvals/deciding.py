"""Commands of approvals: propose, decide, withdraw."""

from __future__ import annotations

import logging
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core.approvals.kinds import ApprovalKind, Payload, basis_of, described, kind_of, plain
from liti.core.approvals.reading import ApprovalView, makers_of, view
from liti.core.authority import command
from liti.core.clock import now
from liti.core.context import Actor, acting, current_actor, job, people_in
from liti.core.errors import Conflict, Forbidden, LitiError, NotFound, Refused
from liti.core.events import emit
from liti.core.models import Approval, ApprovalAttempt
from liti.core.roles import STAFF
from liti.core.rules import APPROVAL_STATES

log = logging.getLogger(__name__)


@transaction.atomic
def propose(kind: str, payload: Payload, *, key: str) -> UUID:
    """Ask for a decision on the thing that `key` names; called by a room's own command.

    `payload` is JSON. The same content as the proposal that waits for the thing answers that
    one; other content, or a thing that has changed since, takes its place. Raises NotFound
    (kind), Forbidden (the actor's roles), and what the kind's `describe` raises.
    """
    declared = kind_of(kind)
    actor = current_actor()
    if not declared.may_propose(actor):
        raise Forbidden(
            "core.approval.may_not_propose",
            _("Your role may not propose this: %(title)s.") % {"title": declared.title},
            remedy=_("Ask a colleague whose role it is."),
        )
    payload = plain(payload)
    _lock(kind, key)
    basis = basis_of(declared, payload)
    waiting = Approval.objects.filter(kind=kind, key=key, state=Approval.State.PENDING).first()
    if waiting and waiting.payload == payload and waiting.basis == basis:
        return waiting.id
    if waiting:
        _move(waiting, "replaced", actor, "")
    row = Approval.objects.create(
        kind=kind,
        key=key,
        payload=payload,
        basis=basis,
        description=described(declared, payload),
        maker=actor.label,
        maker_id=actor.id,
        on_behalf_of=actor.on_behalf_of,
        replaces=waiting,
    )
    if waiting:
        emit("core.approval.replaced", str(waiting.id), {"kind": kind, "by": str(row.id)})
    emit("core.approval.proposed", str(row.id), {"kind": kind, "thing": key})
    return row.id


@command(staff=STAFF)
def decide(approval_id: UUID, approve: bool, reason: str = "") -> ApprovalView:
    """Approve or reject as the current person, whose role the kind names and who is not the maker.

    Raises NotFound, Forbidden (role), Conflict (decided already; or what it rests on has
    changed: then it is stale and must be proposed anew), Refused (own proposal; a rejection
    without a reason; the handler failed: the proposal stays pending and tells why).
    """
    with transaction.atomic():
        row = _pending(approval_id)
        kind, actor = kind_of(row.kind), current_actor()
        _require_checker(kind, row, actor)
        if not approve:
            if not reason.strip():
                raise Refused("core.approval.no_reason", _("A rejection needs a reason."))
            _end(row, "rejected", actor, reason)
            return view(row)
        if basis_of(kind, row.payload) != row.basis:
            _end(row, "stale", actor, "")
            failure: LitiError | None = _stale()
        else:
            failure = _carry_out(kind, row, actor, reason)
    if failure:
        raise failure
    return view(row)


@command(staff=STAFF)
@transaction.atomic
def withdraw(approval_id: UUID, reason: str = "") -> ApprovalView:
    """Take one's own proposal back. Raises NotFound, Conflict (decided), Forbidden (another's)."""
    row = _pending(approval_id)
    actor = current_actor()
    if not _is_makers(row, actor):
        raise Forbidden(
            "core.approval.not_yours",
            _("Only %(maker)s can withdraw this proposal.") % {"maker": row.maker},
            remedy=_("Reject it with a reason if it should not happen."),
        )
    _end(row, "withdrawn", actor, reason)
    return view(row)


def _carry_out(kind: ApprovalKind, row: Approval, actor: Actor, reason: str) -> LitiError | None:
    """Run the handler; a failure undoes only what it did, is written down and returned."""
    on_behalf_of = " / ".join(n for n in (makers_of(row), actor.doer) if n)
    try:
        with transaction.atomic(), acting(job(f"approvals.{kind.name}", on_behalf_of)):
            kind.carry_out(row.payload)
    except Exception as error:  # whatever stopped it, the next reader must see it
        return _failed(row, actor, error)
    _move(row, "approved", actor, reason)
    emit("core.approval.decided", str(row.id), {"kind": row.kind, "state": row.state})
    return None


def _failed(row: Approval, actor: Actor, error: Exception) -> LitiError:
    known = error if isinstance(error, LitiError) else None
    if known is None:
        log.exception("approval %s (%s) was not carried out", row.id, row.kind, exc_info=error)
    code = known.code if known else f"internal.{type(error).__name__}"
    message = str(known.message) if known else _("A fault inside the house.")
    remedy = str(known.remedy) if known else _("Tell an engineer, naming this proposal.")
    ApprovalAttempt.objects.create(
        approval=row,
        actor=actor.label,
        actor_id=actor.id,
        code=code[:80],
        message=message[:500],
        remedy=remedy[:300],
    )
    emit("core.approval.failed", str(row.id), {"kind": row.kind, "code": code})
    return Refused(
        "core.approval.not_carried_out",
        _("It could not be carried out, so it still waits: %(reason)s") % {"reason": message},
        remedy=remedy,
        cause=code,
    )


def _require_checker(kind: ApprovalKind, row: Approval, actor: Actor) -> None:
    if not kind.may_decide(actor):
        raise Forbidden(
            "core.approval.may_not_decide",
            _("Your role may not decide this: %(title)s.") % {"title": kind.title},
            remedy=_("Ask a colleague with the right to decide."),
        )
    if _is_makers(row, actor) or _is_of_the_same(row, actor):
        raise Refused(
            "core.approval.own_proposal",
            _("You proposed this yourself."),
            remedy=_("Ask a colleague with the right to decide."),
        )


def _is_makers(row: Approval, actor: Actor) -> bool:
    """By id: a name can change hands, and who stands in for another remains himself."""
    return actor.id is not None and actor.id == row.maker_id


def _is_of_the_same(row: Approval, actor: Actor) -> bool:
    """Whether one of the two stands in for the other, or both for the same colleague."""
    stood_for, proposed_for = people_in(actor.on_behalf_of), people_in(row.on_behalf_of)
    makers = {row.maker} if row.maker_id else set()
    return actor.label in proposed_for or bool(stood_for & (proposed_for | makers))


def _stale() -> Conflict:
    return Conflict(
        "core.approval.stale",
        _("What this proposal rests on has changed since it was made."),
        remedy=_("Have it proposed anew, as things stand now."),
    )


def _pending(approval_id: UUID) -> Approval:
    row = Approval.objects.select_for_update().filter(id=approval_id).first()
    if row is None:
        raise NotFound("core.approval.unknown", _("There is no such proposal."))
    if row.state != Approval.State.PENDING:
        raise Conflict(
            "core.approval.decided",
            _("This proposal no longer waits: %(state)s.") % {"state": row.get_state_display()},
            remedy=_("Read how it ended; what is still wanted is proposed anew."),
        )
    return row


def _end(row: Approval, state: str, actor: Actor, reason: str) -> None:
    """End it otherwise than by approval, and let the room let go of what waited."""
    _move(row, state, actor, reason)
    kind = kind_of(row.kind)
    if kind.close:
        with acting(job(f"approvals.{kind.name}", actor.doer)):
            kind.close(row.payload, state)
    emit(f"core.approval.{'decided' if state == 'rejected' else state}", str(row.id), {
        "kind": row.kind, "state": state,
    })  # fmt: skip


def _move(row: Approval, state: str, actor: Actor, reason: str) -> None:
    APPROVAL_STATES.require(row.state, state)
    row.state, row.reason, row.decided_at = state, reason.strip()[:500], now()
    if state in ("approved", "rejected"):
        row.checker, row.checker_id = actor.doer[:150], actor.id
    row.save(update_fields=["state", "reason", "decided_at", "checker", "checker_id"])


def _lock(kind: str, key: str) -> None:
    """One proposal at a time for one thing, so that two at once replace each other in order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 7))", [f"{kind}:{key}"])
