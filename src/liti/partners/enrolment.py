"""What a partner asks of a customer waits for the customer's own answer.

A partner says that somebody is its member. Nothing is looked up and nothing is written about
him: the request waits under a mark of his ID number and name (`parties.marks`), whoever he is,
a customer or nobody yet. He sees it in the app and confirms or declines; only then is there a
member. To the partner a declined request looks like one that nobody has seen, until it expires:
whether somebody is on file is never told (PIPL Art. 10, 23, 25).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.authority import BATCHES, command, own, query, scope
from liti.core.clock import business_date, now
from liti.core.errors import LitiError, NotFound
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import PARTNERS
from liti.parties import queries as party_reads
from liti.parties import services as parties
from liti.partners.events import ENROLMENT_CONFIRMED, MEMBER_LEFT
from liti.partners.models import Enrolment, Mandate, Member, Partner
from liti.partners.rules import (
    ENROLMENT_STATES,
    EnrolmentStatus,
    PartnerStatus,
    RowProblem,
    missing_fields,
    shown_status,
    unreadable_fields,
)

PAGE_MAX = 500
WAITING = EnrolmentStatus.WAITING


@dataclass(frozen=True, slots=True)
class EnrolmentView:
    """A request that waits for the customer, as he sees it."""

    id: UUID
    partner_id: UUID
    partner_zh: str
    partner_en: str
    member_no: str
    requested_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class EnrolmentState:
    """A request as its partner sees it: waiting, confirmed, left or expired."""

    member_no: str
    status: str
    requested_at: datetime
    expires_at: datetime


def ask(partner: Partner, rows: Sequence[Mapping[str, Any]]) -> tuple[int, list[RowProblem]]:
    """Let each row wait for its person; how many wait, and what is wrong with the others.

    What is wrong depends on the row alone: the same row is answered the same, and with the
    same work, whoever is on file.
    """
    problems: list[RowProblem] = []
    asked: dict[str, str] = {}
    accepted = 0
    for number, row in enumerate(rows, start=1):
        member_no = str(row.get("member_no") or "").replace("\0", "").strip()[:60]
        mark, problem = _read(number, member_no, row)
        if problem is None:
            asked[member_no] = mark
            accepted += 1
        else:
            problems.append(problem)
    _write(partner, asked)
    return accepted, problems


def _read(number: int, member_no: str, row: Mapping[str, Any]) -> tuple[str, RowProblem | None]:
    if unreadable := unreadable_fields(row):
        text = _("This is too long, or holds characters that can't be read.")
        return "", RowProblem(number, member_no, unreadable[0], text)
    if missing := missing_fields(row):
        return "", RowProblem(number, member_no, missing[0], _("This field is required."))
    try:
        mark = parties.claimed(
            parties.NewPerson(
                name=str(row["name"]),
                id_number=str(row["id_number"]),
                mobile=str(row["mobile"]),
                email=str(row.get("email") or ""),
            )
        )
    except LitiError as error:
        return "", RowProblem(number, member_no, str(error.data.get("field", "")), str(error))
    return mark, None


def _write(partner: Partner, asked: Mapping[str, str]) -> None:
    """One request waits for a member number: the latest. Who is a member already stays it."""
    members = set(
        Member.objects.filter(partner=partner, member_no__in=asked).values_list(
            "member_no", flat=True
        )
    )
    waiting = Enrolment.objects.select_for_update().filter(
        partner=partner, member_no__in=asked, status=WAITING
    )
    known = {row.member_no: row for row in waiting}
    at = now()
    until = at + timedelta(days=int(params.get("partners.enrolment.days")))
    made = []
    for member_no, mark in asked.items():
        if member_no in members:
            continue
        row = known.get(member_no)
        if row is not None and row.mark == mark and row.expires_at > at:
            continue
        if row is not None:
            ENROLMENT_STATES.require(row.status, EnrolmentStatus.REPLACED)
            row.status = EnrolmentStatus.REPLACED
            row.save(update_fields=["status"])
        made.append(
            Enrolment(partner=partner, member_no=member_no, mark=mark, requested_at=at,
                      expires_at=until)
        )  # fmt: skip
    Enrolment.objects.bulk_create(made, batch_size=1000)


@query(customer=own("party_id"), system=BATCHES)
def enrolments_waiting(party_id: UUID) -> list[EnrolmentView]:
    """What partners ask of a customer and he has not answered; not again for a while where he
    declined the same partner (`partners.enrolment.quiet_days`)."""
    at = now()
    marks = party_reads.marks_of(party_id)
    quiet_since = at - timedelta(days=int(params.get("partners.enrolment.quiet_days")))
    declined = Enrolment.objects.filter(
        mark__in=marks, status=EnrolmentStatus.DECLINED, decided_at__gt=quiet_since
    )
    rows = (
        Enrolment.objects.filter(
            mark__in=marks, status=WAITING, expires_at__gt=at, partner__status=PartnerStatus.LIVE
        )
        .exclude(partner__in=declined.values("partner"))
        .select_related("partner")
        .order_by("requested_at", "id")
    )
    return [
        EnrolmentView(
            r.id, r.partner_id, r.partner.name_zh, r.partner.name_en, r.member_no,
            r.requested_at, r.expires_at,
        )
        for r in rows[:PAGE_MAX]
    ]  # fmt: skip


@command(customer=own("party_id"))
@transaction.atomic
def confirm_enrolment(party_id: UUID, enrolment_id: UUID, *, evidence: str = "") -> UUID:
    """The customer says that he is this partner's member; returns the member's id.

    It lets the partner do nothing: that is a mandate of its own. Raises NotFound for a request
    that is not his, is decided, or has expired.
    """
    living = party_reads.hold(party_id)
    row = _his(party_id, enrolment_id)
    member, _made = Member.objects.update_or_create(
        partner_id=row.partner_id,
        member_no=row.member_no,
        defaults={"party_id": living, "joined_on": business_date()},
    )
    _decide(row, party_id, EnrolmentStatus.CONFIRMED, evidence)
    payload = {
        "enrolment_id": str(row.id), "partner_id": str(row.partner_id),
        "member_no": row.member_no, "party_id": str(party_id),
    }  # fmt: skip
    emit(ENROLMENT_CONFIRMED, str(row.partner_id), payload)
    return member.id


@command(customer=own("party_id"))
@transaction.atomic
def decline_enrolment(party_id: UUID, enrolment_id: UUID) -> None:
    """The customer says no; the partner is not told. Raises NotFound as `confirm_enrolment`."""
    _decide(_his(party_id, enrolment_id), party_id, EnrolmentStatus.DECLINED, "")


@command(customer=own("party_id"))
@transaction.atomic
def leave_partner(party_id: UUID, partner_id: UUID) -> None:
    """The customer is no member any more: whatever he let the partner do ends with it."""
    at = now()
    Partner.objects.select_for_update(no_key=True).filter(id=partner_id).first()
    ids = party_reads.ids_of(party_id)
    Mandate.objects.filter(partner_id=partner_id, party_id__in=ids, withdrawn_at=None).update(
        withdrawn_at=at
    )
    members = Member.objects.filter(partner_id=partner_id, party_id__in=ids)
    numbers = list(members.values_list("member_no", flat=True))
    if not numbers:
        return
    members.delete()
    Enrolment.objects.filter(
        partner_id=partner_id, member_no__in=numbers, status=EnrolmentStatus.CONFIRMED
    ).update(status=EnrolmentStatus.LEFT)
    payload = {"partner_id": str(partner_id), "member_nos": numbers}
    emit(MEMBER_LEFT, str(partner_id), payload)


@query(staff=PARTNERS, client=scope("members:read", partner="partner_id"), system=BATCHES)
def enrolments(partner_id: UUID, *, offset: int = 0, limit: int = 100) -> list[EnrolmentState]:
    """A partner's requests, newest first. A declined one waits, and then has expired, like one
    that nobody has seen."""
    rows = Enrolment.objects.filter(partner_id=partner_id).exclude(status=EnrolmentStatus.REPLACED)
    at = now()
    return [
        EnrolmentState(
            r.member_no, shown_status(r.status, r.expires_at, at), r.requested_at, r.expires_at
        )
        for r in rows.order_by("-requested_at", "-id")[offset : offset + min(limit, PAGE_MAX)]
    ]


def confirm_waiting(party_id: UUID, partner_id: UUID, evidence: str) -> bool:
    """Whoever lets a partner act for him, and is asked to be its member, has become it."""
    found = [e for e in enrolments_waiting(party_id) if e.partner_id == partner_id]
    for one in found:
        confirm_enrolment(party_id, one.id, evidence=evidence)
    return bool(found)


def _his(party_id: UUID, enrolment_id: UUID) -> Enrolment:
    row = (
        Enrolment.objects.select_for_update()
        .filter(
            id=enrolment_id,
            mark__in=party_reads.marks_of(party_id),
            status=WAITING,
            expires_at__gt=now(),
            partner__status=PartnerStatus.LIVE,
        )
        .first()
    )
    if row is None:
        raise NotFound(
            "partners.no_enrolment",
            _("No such request waits for you."),
            remedy=_("It may have expired, or you have answered it."),
        )
    return row


def _decide(row: Enrolment, party_id: UUID, status: EnrolmentStatus, evidence: str) -> None:
    ENROLMENT_STATES.require(row.status, status)
    row.status, row.decided_at = status, now()
    row.party_id, row.evidence = party_id, (evidence or f"mobile:{uuid7()}")[:120]
    row.save(update_fields=["status", "decided_at", "party_id", "evidence"])
