"""The commands of parties. Plain values in, one transaction each, ids or reports out."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from liti.core.authority import command
from liti.core.errors import Conflict, InvalidInput, NotFound
from liti.core.events import emit
from liti.core.roles import roles
from liti.parties import events, steward, teams
from liti.parties.assigning import assign_row
from liti.parties.consents import ANY, NewConsent, grant_consents, withdraw_consent
from liti.parties.handover import HandOverReport, hand_over
from liti.parties.intake import ImportReport, import_source
from liti.parties.links import NewRelation, end_relation, relate, relate_many
from liti.parties.mapping import problem_text
from liti.parties.marks import NewPerson, claimed
from liti.parties.matching import MATCH_STEPS, MatchReport, match_all
from liti.parties.models import (
    LEADS,
    Party,
    ServiceAssignment,
)
from liti.parties.signing_up import register_people, register_person
from liti.parties.stated import propose_correction
from liti.parties.tasks import start_matching

__all__ = [
    "ANY",
    "MATCH_STEPS",
    "HandOverReport",
    "ImportReport",
    "MatchReport",
    "NewConsent",
    "NewPerson",
    "NewRelation",
    "assign_row",
    "assign_service",
    "claimed",
    "end_relation",
    "end_service",
    "grant_consents",
    "hand_over",
    "import_source",
    "match_all",
    "merge_parties",
    "problem_text",
    "propose_correction",
    "register_people",
    "register_person",
    "relate",
    "relate_many",
    "release_served",
    "start_matching",
    "unmerge",
    "withdraw_consent",
]


def _require_parties(ids: set[UUID]) -> None:
    unknown = ids - set(Party.objects.filter(id__in=ids).values_list("id", flat=True))
    if unknown:
        raise NotFound(
            "parties.party.unknown",
            _("There is no party %(id)s.") % {"id": min(unknown)},
            remedy=_("Search by name or mobile."),
        )


@command(staff=roles("operation_head", "relationship_manager"))
@transaction.atomic
def assign_service(
    party_id: UUID, role: str, staff_code: str, department: str, valid_from: date
) -> UUID:
    """Give a party somebody who serves it. A new lead takes over: the former one ends that day.

    Raises InvalidInput for an unknown role, NotFound for an unknown party, Conflict where
    this very assignment is open.
    """
    if role not in ServiceAssignment.Role.values:
        raise InvalidInput(
            "parties.service.role",
            _("There is no service role %(role)s.") % {"role": role},
            remedy=", ".join(ServiceAssignment.Role.values),
        )
    if role == ServiceAssignment.Role.LEAD_RM and not staff_code:
        raise InvalidInput("parties.service.staff", _("A managing RM needs a staff code."))
    _require_parties({party_id})
    open_rows = ServiceAssignment.objects.filter(party_id=party_id, valid_to=None)
    try:
        with transaction.atomic():
            if role in LEADS:
                open_rows.filter(role__in=LEADS).update(valid_to=valid_from)
            made = ServiceAssignment.objects.create(
                party_id=party_id,
                role=role,
                staff_code=staff_code,
                department=department,
                valid_from=valid_from,
            )
    except IntegrityError as error:
        raise Conflict("parties.service.exists", _("This assignment is open already.")) from error
    emit(
        events.SERVICE_ASSIGNED,
        str(party_id),
        {"party_id": str(party_id), "role": role, "staff_code": staff_code},
    )
    return made.id


@command(system=("parties",))
@transaction.atomic
def release_served(staff_code: str, on: date) -> int:
    """Whoever left serves nobody: what he led goes to the central pool that day. Repeatable."""
    rows = ServiceAssignment.objects.filter(staff_code=staff_code, valid_to=None)
    ids = list(rows.values_list("id", flat=True))
    for assignment_id in ids:
        end_service(assignment_id, on)
    return len(ids)


@command(staff=roles("operation_head", "relationship_manager"), system=("parties",))
@transaction.atomic
def end_service(assignment_id: UUID, on: date) -> None:
    """End an assignment. A lead that ends leaves the party with the central team, not alone."""
    row = ServiceAssignment.objects.select_for_update().filter(id=assignment_id).first()
    if row is None or row.valid_to is not None:
        raise NotFound("parties.service.unknown", _("There is no such open assignment."))
    if row.role in LEADS:
        assign_service(row.party_id, "central_pool", "", teams.POOL_DEPARTMENT, on)
    else:
        ServiceAssignment.objects.filter(id=row.id).update(valid_to=on)


@command(staff=steward.STEWARDS, system=("parties", "demo"))
@transaction.atomic
def merge_parties(keep: UUID, other: UUID, reason: str) -> UUID:
    """Propose that two customers are one; another person decides. Returns the proposal's id.

    Raises InvalidInput (no reason, one customer already), NotFound, and Refused for two
    valid identities or a person and an organisation.
    """
    return steward.propose_merge(keep, other, reason)


@command(staff=steward.STEWARDS, system=("parties", "demo"))
@transaction.atomic
def unmerge(merge_id: UUID, reason: str) -> UUID:
    """Propose to take a merge back; another person decides. Returns the proposal's id.

    Raises InvalidInput without a reason, NotFound where no such merge stands.
    """
    return steward.propose_unmerge(merge_id, reason)
