"""Commands of the partners room: register, give clients, bring members in by batch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts import queries as accounts
from liti.core.authority import command, scope
from liti.core.errors import Conflict, InvalidInput, NotFound
from liti.core.events import emit
from liti.core.roles import roles
from liti.market import queries as market
from liti.market.services import Contribution, place_order
from liti.parties import queries as party_reads
from liti.partners import queries
from liti.partners.clients import (
    ClientSecret,
    create_client,
    end_client,
    propose_client,
    propose_scopes,
)
from liti.partners.delivery import COLUMNS, REQUIRED, read_members
from liti.partners.enrolment import (
    ask,
    confirm_enrolment,
    decline_enrolment,
    leave_partner,
)
from liti.partners.events import MEMBERS_JOINED
from liti.partners.figures import publish_figures
from liti.partners.mandates import (
    ORDERS,
    grant_mandate,
    lacking,
    mandated_member,
    unknown_member,
    withdraw_mandate,
)
from liti.partners.models import Member, MemberBatch, Partner
from liti.partners.proposals import propose_partner, propose_partner_status
from liti.partners.rules import (
    SCOPES,
    PartnerStatus,
    RowProblem,
    content_hash,
)
from liti.partners.standing import (
    NewPartner,
    go_live,
    move_partner,
    register_partner,
    suspend_partner,
)
from liti.partners.standing import partner as find_partner

__all__ = [
    "BATCH_MAX", "COLUMNS", "REQUIRED", "SCOPES", "BatchReport", "ClientSecret", "NewPartner",
    "confirm_enrolment", "create_client", "decline_enrolment", "end_client",
    "go_live", "grant_mandate", "leave_partner", "link_members", "move_partner",
    "onboard_members", "order_for_member", "propose_client", "propose_partner",
    "propose_partner_status", "propose_scopes", "publish_figures", "read_members",
    "register_partner", "suspend_partner", "withdraw_mandate",
]  # fmt: skip
BATCH_MAX = 1000


@dataclass(frozen=True, slots=True)
class BatchReport:
    """What became of a batch. `replayed`: the same key and content were there already."""

    id: UUID
    rows: int
    accepted: int
    problems: tuple[RowProblem, ...]
    replayed: bool


@command(
    staff=roles("operation_head"),
    client=scope("members:write", partner="partner_id"),
    system=("demo",),
)
@transaction.atomic
def onboard_members(
    partner_id: UUID, rows: Sequence[Mapping[str, Any]], *, key: str
) -> BatchReport:
    """Ask people to be the partner's members: each request waits for the person's own word.

    The answer says what is wrong with a row by itself, never whether somebody is on file. The
    same key with the same rows returns the first report; with other rows it raises Conflict.
    Raises InvalidInput for more than BATCH_MAX rows.
    """
    partner = _live(partner_id)
    if len(rows) > BATCH_MAX:
        raise InvalidInput(
            "partners.batch_too_large",
            _("A batch holds at most %(max)d members, not %(count)d.")
            % {"max": BATCH_MAX, "count": len(rows)},
            remedy=_("Send it in several batches."),
        )
    fingerprint = content_hash(rows)
    Partner.objects.select_for_update(no_key=True).get(id=partner.id)
    earlier = MemberBatch.objects.filter(partner=partner, key=key).first()
    if earlier is not None:
        if earlier.content_hash != fingerprint:
            raise Conflict(
                "partners.batch_key_reused",
                _("Key %(key)s was used before for other members.") % {"key": key},
                remedy=_("Use a new key for a new batch."),
            )
        return _report(earlier, replayed=True)
    accepted, problems = ask(partner, rows)
    batch = MemberBatch.objects.create(
        partner=partner,
        key=key,
        content_hash=fingerprint,
        rows=len(rows),
        accepted=accepted,
        problems=[[p.row, p.member_no, p.field, p.message] for p in problems],
    )
    emit(MEMBERS_JOINED, str(partner.id), {"batch_id": str(batch.id), "accepted": accepted})
    return _report(batch, replayed=False)


@command(client=scope("orders:write", partner="partner_id", mandate=mandated_member))
@transaction.atomic
def order_for_member(
    partner_id: UUID, member_no: str, product_code: str, amount_minor: int, *, key: str
) -> market.OrderView:
    """Order a product of the partner's shelf for a member, from his own account, on his
    instruction.

    Raises NotFound `partners.unknown_member` for whoever is no member or gave no mandate,
    NotFound for a product that is not on the shelf or a member without an account, and what
    the market raises.
    """
    partner = _live(partner_id, hold=True)
    party_id = queries.member(partner_id, member_no)
    if lacking(partner_id, [party_id], ORDERS):  # withdrawn since it was asked at the door
        raise unknown_member(member_no)
    if product_code not in {p.code for p in queries.shelf(partner_id)}:
        raise NotFound(
            "partners.unknown_product",
            _("Product %(code)s is not on your shelf.") % {"code": product_code},
        )
    owned = accounts.own_accounts(party_id)
    if not owned:
        raise NotFound(
            "partners.member_without_account",
            _("Member %(number)s has no account yet.") % {"number": member_no},
        )
    return place_order(
        party_id,
        product_code,
        owned[0].id,
        amount_minor,
        channel="partner",
        key=f"{partner.code}:{key}",
        introduced_by=[Contribution("referral", "partners", partner_id=partner_id)],
    )


@command(system=("demo",))
@transaction.atomic
def link_members(partner_id: UUID, members: Sequence[tuple[str, UUID]], joined_on: date) -> int:
    """Link people whom the bank knows already from the partner's own file (number, party)."""
    partner = find_partner(partner_id)
    held = party_reads.hold_many({party for _number, party in members})
    before = Member.objects.filter(partner=partner).count()
    Member.objects.bulk_create(
        [
            Member(partner=partner, member_no=number, party_id=held[party], joined_on=joined_on)
            for number, party in members
        ],
        ignore_conflicts=True,
        batch_size=1000,
    )
    return Member.objects.filter(partner=partner).count() - before


def _report(batch: MemberBatch, *, replayed: bool) -> BatchReport:
    problems = tuple(RowProblem(*p) for p in batch.problems)
    return BatchReport(batch.id, batch.rows, batch.accepted, problems, replayed)


def _live(partner_id: UUID, *, hold: bool = False) -> Partner:
    """The partner, who must be live; `hold` keeps it from being ended until we are done."""
    if hold:
        Partner.objects.select_for_update(of=("self",)).filter(id=partner_id).first()
    partner = find_partner(partner_id)
    if partner.status != PartnerStatus.LIVE:
        raise Conflict(
            "partners.not_live",
            _("Partner %(name)s is not live.") % {"name": partner.code},
            remedy=_("Take it live in the console first."),
        )
    return partner
