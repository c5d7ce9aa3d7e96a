"""Merges that people decide: proposed by one steward, decided by another, told in words."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import vetoes
from liti.core.approvals import Change, Line, Payload, approval_kind, propose
from liti.core.errors import InvalidInput, NotFound
from liti.core.roles import roles
from liti.core.vetoes import Reason
from liti.parties import golden, merging
from liti.parties.identity import lock_for_merge, resolve
from liti.parties.models import Merge, Move, Party
from liti.parties.rules import masking

MERGE, UNMERGE = "parties.merge", "parties.unmerge"
STEWARDS = roles("data_steward")
DECIDE = roles("data_steward", "operation_head", "risk_officer")


def propose_merge(keep: UUID, other: UUID, reason: str) -> UUID:
    """Ask for two customers to be made one; the proposal's id."""
    living = resolve([keep, other])
    heir, was = living[keep], living[other]
    _require_reason(reason)
    if heir == was:
        raise InvalidInput("parties.merge.same", _("The two are one customer already."))
    payload = {"heir": str(heir), "was": str(was), "reason": reason.strip()[:300]}
    _require_mergeable(heir, was)
    return propose(MERGE, payload, key=":".join(sorted([str(heir), str(was)])))


def propose_unmerge(merge_id: UUID, reason: str) -> UUID:
    """Ask for a merge to be taken back; the proposal's id."""
    _require_reason(reason)
    _standing(merge_id)
    payload = {"merge_id": str(merge_id), "reason": reason.strip()[:300]}
    return propose(UNMERGE, payload, key=str(merge_id))


def _require_reason(reason: str) -> None:
    if not reason.strip():
        raise InvalidInput("parties.merge.reason", _("Say why."), field="reason")


def _require_mergeable(heir: UUID, was: UUID) -> None:
    """Raise Refused with every reason of this and all rooms why the two are not one."""
    found = {p.id: p for p in Party.objects.filter(id__in=[heir, was])}
    if len(found) < 2:
        raise NotFound("parties.party.unknown", _("There is no such party."))
    theirs = vetoes.reasons("parties.merge", [heir, was], {was: heir})
    vetoes.refuse("parties.merge", [*_two_identities(found[was], found[heir]), *theirs])


def _two_identities(was: Party, heir: Party) -> Iterable[Reason]:
    """Two valid identities never share a party, whoever asks (the same guard as matching's)."""
    if was.kind != heir.kind:
        yield Reason(
            was.id,
            "parties.merge.two_kinds",
            _("A person and an organisation can't be one customer."),
            _("Relate the two instead, as owner or representative."),
        )
    for mine, theirs in ((was.id_number, heir.id_number), (was.uscc, heir.uscc)):
        if mine and theirs and mine != theirs:
            yield Reason(
                was.id,
                "parties.merge.two_identities",
                _("The two have different valid identity numbers."),
                _("Correct the record that has the wrong number first."),
            )


def _standing(merge_id: UUID) -> Merge:
    row = Merge.objects.filter(id=merge_id, undone_at=None).first()
    if row is None:
        raise NotFound("parties.merge.unknown", _("There is no such merge."))
    return row


def _called(party_id: UUID) -> str:
    row = Party.objects.filter(id=party_id).first()
    name = "?" if row is None else masking.name(row.name) if row.kind == "person" else row.name
    return f"{name} …{party_id.hex[-6:]}"


def _describe_merge(payload: Payload) -> Change:
    heir, was = UUID(payload["heir"]), UUID(payload["was"])
    found = {p.id: p for p in Party.objects.filter(id__in=[heir, was])}
    shown = (
        (_("Name"), "name", masking.name),
        (_("ID number"), "id_number", masking.id_number),
        (_("Mobile"), "mobile", masking.mobile),
    )
    lines = tuple(
        Line(title, mask(getattr(found[was], field)), mask(getattr(found[heir], field)))
        for title, field, mask in shown
        if heir in found and was in found
    )
    return Change(
        summary=_("%(was)s becomes one customer with %(heir)s")
        % {"was": _called(was), "heir": _called(heir)},
        lines=lines,
        reach=_("Accounts, holdings, loans, orders, sign-ins and contacts of both count together."),
    )


def _describe_unmerge(payload: Payload) -> Change:
    row = _standing(UUID(payload["merge_id"]))
    moved = Move.objects.filter(merge=row, was=row.was, field="").aggregate(n=Count("id"))["n"]
    return Change(
        summary=_("%(was)s is parted from %(heir)s again")
        % {"was": _called(row.was), "heir": _called(row.heir)},
        lines=(Line(_("Rows that go back"), "0", f"{moved:,}"),),
        reach=_("What came while the two were one stays and is listed."),
    )


def _basis_merge(payload: Payload) -> object:
    ids = [UUID(payload["heir"]), UUID(payload["was"])]
    rows = Party.objects.filter(id__in=ids).order_by("id")
    return [list(r) for r in rows.values_list("status", "id_number", "uscc", "name")]


@approval_kind(
    MERGE,
    title=gettext_lazy("Merge of two customers"),
    propose=STEWARDS,
    decide=DECIDE,
    jobs=("parties", "demo"),
    describe=_describe_merge,
    basis=_basis_merge,
)
def _merge(payload: Payload) -> None:
    heir, was = UUID(payload["heir"]), UUID(payload["was"])
    lock_for_merge([heir, was])
    _require_mergeable(heir, was)
    made = merging.merge({was: heir}, origin=Merge.Origin.STEWARD, reason=payload["reason"])
    merging.rule_together(made[was], heir)
    golden.refresh([heir])


@approval_kind(
    UNMERGE,
    title=gettext_lazy("Taking a merge back"),
    propose=STEWARDS,
    decide=DECIDE,
    jobs=("parties", "demo"),
    describe=_describe_unmerge,
    basis=lambda payload: str(_standing(UUID(payload["merge_id"])).heir),
)
def _unmerge(payload: Payload) -> None:
    merging.unmerge(UUID(payload["merge_id"]), payload["reason"])
