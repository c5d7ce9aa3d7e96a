"""Where a partner enterprise stands: registered, live, suspended, ended."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.core import vetoes
from liti.core.authority import command
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.events import emit
from liti.core.roles import roles
from liti.parties import queries as parties
from liti.partners.events import PARTNER_WENT_LIVE
from liti.partners.models import Paradigm, Partner
from liti.partners.rules import PARTNER_STATES, PartnerStatus


@dataclass(frozen=True, slots=True)
class NewPartner:
    """A partner enterprise that applies. `code` is its short stable name."""

    code: str
    name_zh: str
    name_en: str
    scene: str
    paradigm: str = "standard"
    party_id: UUID | None = None


@command(system=("approvals", "demo"))
@transaction.atomic
def register_partner(new: NewPartner) -> UUID:
    """Register a partner whom two people agreed to (`propose_partner`); the same code again
    returns the one that is there."""
    paradigm = Paradigm.objects.filter(code=new.paradigm).first()
    if paradigm is None:
        raise NotFound(
            "partners.unknown_paradigm",
            _("There is no paradigm %(code)s.") % {"code": new.paradigm},
        )
    partner, _created = Partner.objects.get_or_create(
        code=new.code,
        defaults={
            "name_zh": new.name_zh,
            "name_en": new.name_en,
            "scene": new.scene,
            "party_id": parties.hold(new.party_id) if new.party_id else None,
            "paradigm": paradigm,
            "joined_on": business_date(),
        },
    )
    return partner.id


@command(system=("approvals", "demo"))
@transaction.atomic
def move_partner(partner_id: UUID, status: str) -> None:
    """Take a partner live, suspend or end it, as two people agreed (`propose_partner_status`).

    Suspending protects, so nothing stands against it; ending raises Refused
    `partners.end.vetoed` with all reasons.
    """
    partner(partner_id)
    row = Partner.objects.select_for_update().get(id=partner_id)
    PARTNER_STATES.require(row.status, status)
    if status == PartnerStatus.ENDED:
        vetoes.require("partners.end", [partner_id])
    row.status = status
    row.save(update_fields=["status"])
    if status == PartnerStatus.LIVE:
        emit(PARTNER_WENT_LIVE, str(row.id), {"code": row.code})


@command(staff=roles("operation_head", "risk_officer"))
@transaction.atomic
def suspend_partner(partner_id: UUID) -> None:
    """Stop a live partner at once, by one person's word: it takes away and gives nothing.
    It goes live again by proposal only. Raises NotFound, Conflict (it is not live)."""
    move_partner(partner_id, PartnerStatus.SUSPENDED)


@command(system=("demo",))
@transaction.atomic
def go_live(partner_id: UUID) -> None:
    """Take a partner live for the demonstration; one that is live stays so."""
    if partner(partner_id).status != PartnerStatus.LIVE:
        move_partner(partner_id, PartnerStatus.LIVE)


def partner(partner_id: UUID) -> Partner:
    """One partner with its paradigm. Raises NotFound."""
    row = Partner.objects.select_related("paradigm").filter(id=partner_id).first()
    if row is None:
        raise NotFound("partners.unknown_partner", _("There is no such partner."))
    return row
