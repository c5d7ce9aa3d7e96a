"""Mandates: what a customer lets a partner do on his instruction, until he withdraws it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, Arguments, command, own, query
from liti.core.clock import now
from liti.core.errors import InvalidInput, NotFound
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import CUSTOMERS, roles
from liti.market import queries as market
from liti.partners.enrolment import confirm_waiting
from liti.partners.events import MANDATE_CHANGED
from liti.partners.models import Mandate, Member, Partner
from liti.partners.rules import MANDATED, PartnerStatus

TEXT_VERSION = "2026-11"
ORDERS = "orders:write"


@dataclass(frozen=True, slots=True)
class MandateView:
    """What a partner may do for a customer; `granted_at` is None where he has not allowed it."""

    partner_id: UUID
    partner_zh: str
    partner_en: str
    scope: str
    granted_at: datetime | None


@command(customer=own("party_id"))
@transaction.atomic
def grant_mandate(
    party_id: UUID, partner_id: UUID, scope: str = ORDERS, *, evidence: str = ""
) -> UUID:
    """The customer, himself, lets a partner whose member he is act on his instruction; where
    the partner waits for him to be its member, he has become it. Given twice it is one
    mandate. Raises NotFound for a partner that is not his, InvalidInput for a scope."""
    if scope not in MANDATED:
        raise InvalidInput(
            "partners.mandate_scope", _("No mandate is needed for %(scope)s.") % {"scope": scope}
        )
    is_member = Member.objects.filter(partner_id=partner_id, party_id=party_id).exists()
    if not is_member and not confirm_waiting(party_id, partner_id, evidence):
        raise NotFound("partners.not_a_member", _("The customer is no member of this partner."))
    # One at a time for one partner and customer; the constraint would say it less kindly.
    Partner.objects.select_for_update(no_key=True).get(id=partner_id)
    known = Mandate.objects.filter(
        partner_id=partner_id, party_id=party_id, scope=scope, withdrawn_at=None
    ).first()
    if known:
        return known.id
    row = Mandate.objects.create(
        partner_id=partner_id, party_id=party_id, scope=scope, text_version=TEXT_VERSION,
        evidence=evidence[:120] or "mobile", granted_at=now(),
    )  # fmt: skip
    _tell(party_id, partner_id, scope, granted=True)
    return row.id


@command(staff=roles("service_desk"), customer=own("party_id"))
@transaction.atomic
def withdraw_mandate(party_id: UUID, partner_id: UUID, scope: str = ORDERS) -> list[UUID]:
    """The customer takes it back: in force at once, for the next call of the partner. Returns
    the orders that it placed before and that are under way, which only he can still cancel."""
    # An order that the partner is just placing is done, or finds no mandate: never between.
    Partner.objects.select_for_update(of=("self",)).filter(id=partner_id).first()
    rows = Mandate.objects.filter(
        partner_id=partner_id, party_id=party_id, scope=scope, withdrawn_at=None
    )
    under_way = market.under_way_for(party_id, partner_id)
    if rows.update(withdrawn_at=now()):
        _tell(party_id, partner_id, scope, granted=False)
    return under_way


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def mandates_of(party_id: UUID) -> list[MandateView]:
    """The customer's partners, and what he lets each of them do."""
    partners = Partner.objects.filter(
        members__party_id=party_id, status=PartnerStatus.LIVE, paradigm__scopes__contains=[ORDERS]
    ).distinct()
    given = dict(
        Mandate.objects.filter(party_id=party_id, scope=ORDERS, withdrawn_at=None).values_list(
            "partner_id", "granted_at"
        )
    )
    return [
        MandateView(p.id, p.name_zh, p.name_en, ORDERS, given.get(p.id))
        for p in partners.order_by("code")
    ]


def lacking(partner_id: UUID, parties: Collection[UUID], scope: str) -> Collection[UUID]:
    """Those of the customers who gave the partner no mandate for it (core.authority)."""
    given = Mandate.objects.filter(
        partner_id=partner_id, party_id__in=list(parties), scope=scope, withdrawn_at=None
    )
    return set(parties) - set(given.values_list("party_id", flat=True))


def mandated_member(arguments: Arguments) -> Collection[UUID]:
    """The customer behind a member number (`partner_id`, `member_no`) who lets the partner
    order. Raises NotFound alike for a number that is nobody's and for one without a mandate:
    what a customer has not allowed does not exist for a partner."""
    partner_id, member_no = arguments["partner_id"], arguments["member_no"]
    rows = Member.objects.filter(partner_id=partner_id, member_no=member_no)
    party = rows.values_list("party_id", flat=True).first()
    if lacking(partner_id, [party or uuid7()], ORDERS):
        raise unknown_member(member_no)
    assert party is not None
    return {party}


def unknown_member(member_no: str) -> NotFound:
    """What a partner hears of whoever has not allowed it anything."""
    return NotFound(
        "partners.unknown_member",
        _("There is no member %(number)s for whom you may do this.") % {"number": member_no},
        remedy=_("Ask your member to confirm in the bank’s app."),
    )


def _tell(party_id: UUID, partner_id: UUID, scope: str, *, granted: bool) -> None:
    payload = {
        "party_id": str(party_id), "partner_id": str(partner_id), "scope": scope,
        "granted": granted,
    }  # fmt: skip
    emit(MANDATE_CHANGED, str(party_id), payload)
