"""Reads of the partners room. An enterprise sees figures about its members, never a person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from liti.core import params
from liti.core.authority import BATCHES, open_to_all, own, own_partner, query, scope
from liti.core.errors import NotFound
from liti.core.roles import CUSTOMERS, PARTNERS, roles
from liti.market import queries as market
from liti.parties import queries as party_reads
from liti.partners.enrolment import EnrolmentState as EnrolmentState
from liti.partners.enrolment import EnrolmentView as EnrolmentView
from liti.partners.enrolment import enrolments as enrolments
from liti.partners.enrolment import enrolments_waiting as enrolments_waiting
from liti.partners.mandates import MandateView as MandateView
from liti.partners.mandates import mandates_of as mandates_of
from liti.partners.mandates import unknown_member
from liti.partners.models import ApiClient, Member, MemberBatch, MemberFigures, Partner
from liti.partners.rules import SCOPES

# A person with two member numbers, who was two customers once, is one.
_PEOPLE = Count("members__party_id", distinct=True)


@dataclass(frozen=True, slots=True)
class PartnerView:
    """A partner enterprise."""

    id: UUID
    code: str
    name_zh: str
    name_en: str
    scene: str
    paradigm: str
    product_codes: tuple[str, ...]
    status: str
    joined_on: date
    members: int


@dataclass(frozen=True, slots=True)
class BatchView:
    """A delivery of members, with what was wrong in it."""

    id: UUID
    key: str
    rows: int
    accepted: int
    problems: tuple[tuple[int, str, str, str], ...]
    received_at: datetime


@dataclass(frozen=True, slots=True)
class ClientView:
    """An OAuth2 client and the scopes it may ask for."""

    client_id: str
    scopes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MembersSummary:
    """What the enterprise may know of its members. `members` is how many there are, which it
    knows; the figures are those of the closed day `as_of`, of a fixed crowd and rounded
    (figures.py). None: none yet, or fewer than `minimum` people stand behind it.
    """

    members: int
    minimum: int
    with_account: int | None
    with_product: int | None
    assets_minor: int | None
    as_of: date | None


@query(staff=PARTNERS, system=BATCHES)
def partners() -> list[PartnerView]:
    """All partners, by code."""
    rows = Partner.objects.select_related("paradigm").annotate(count=_PEOPLE)
    return [_view(p, p.count) for p in rows.order_by("code")]


@query(staff=PARTNERS, client=own_partner("partner_id"), system=BATCHES)
def partner(partner_id: UUID) -> PartnerView:
    """One partner. Raises NotFound."""
    row = (
        Partner.objects.select_related("paradigm")
        .annotate(count=_PEOPLE)
        .filter(id=partner_id)
        .first()
    )
    if row is None:
        raise NotFound("partners.unknown_partner", _("There is no such partner."))
    return _view(row, row.count)


@open_to_all("asked by the edge before it knows who acts")
def partner_of_client(client_id: str) -> UUID | None:
    """The partner behind an OAuth2 client."""
    return (
        ApiClient.objects.filter(client_id=client_id).values_list("partner_id", flat=True).first()
    )


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def partners_of_party(party_id: UUID) -> list[str]:
    """Codes of the partners through which a customer came."""
    rows = Member.objects.filter(party_id=party_reads.living(party_id)).values_list(
        "partner__code", flat=True
    )
    return sorted(set(rows))


@query(client=scope("orders:write", partner="partner_id"), system=BATCHES)
def member(partner_id: UUID, member_no: str) -> UUID:
    """The customer behind a member number. Raises NotFound, also for another's member."""
    found = (
        Member.objects.filter(partner_id=partner_id, member_no=member_no)
        .values_list("party_id", flat=True)
        .first()
    )
    if found is None:
        raise unknown_member(member_no)
    return found


# The risk officer decides about clients, and may end one at once: he sees which there are.
@query(staff=PARTNERS | roles("risk_officer"), client=own_partner("partner_id"), system=BATCHES)
def clients(partner_id: UUID) -> list[ClientView]:
    """A partner's API clients, without their secrets."""
    rows = ApiClient.objects.filter(partner_id=partner_id).order_by("id")
    return [ClientView(c.client_id, tuple(c.scopes)) for c in rows]


@open_to_all("asked by the edge before it knows who acts")
def client_scopes(client_id: str) -> tuple[str, ...]:
    """What a client may ask for; nothing for one that has no row, or whose time is over."""
    rows = ApiClient.objects.filter(client_id=client_id, ended_at=None)
    return tuple(rows.values_list("scopes", flat=True).first() or ())


@open_to_all("asked by the edge before it knows who acts")
def developer_scopes(partner_id: UUID) -> tuple[str, ...]:
    """What a partner's own people may do here: all that its paradigm gives its programs."""
    rows = Partner.objects.filter(id=partner_id).values_list("paradigm__scopes", flat=True)
    return tuple(s for given in rows for s in given if s in SCOPES)


@query(staff=PARTNERS, client=scope("members:read", partner="partner_id"), system=BATCHES)
def members_summary(partner_id: UUID) -> MembersSummary:
    """A partner's members in figures, as they were published for the last closed day."""
    members = Member.objects.filter(partner_id=partner_id).values("party_id").distinct().count()
    minimum = int(params.get("partners.aggregate_minimum"))
    told = MemberFigures.objects.filter(partner_id=partner_id).order_by("-on").first()
    if told is None:
        return MembersSummary(members, minimum, None, None, None, None)
    figures = (told.with_account, told.with_product, told.assets_minor)
    return MembersSummary(members, minimum, *figures, told.on)


@query(staff=PARTNERS, client=own_partner("partner_id"), system=BATCHES)
def batches(partner_id: UUID, limit: int = 20) -> list[BatchView]:
    """Deliveries, newest first."""
    rows = MemberBatch.objects.filter(partner_id=partner_id).order_by("-id")[:limit]
    return [
        BatchView(
            b.id, b.key, b.rows, b.accepted, tuple(tuple(p) for p in b.problems), b.received_at
        )
        for b in rows
    ]


@query(staff=PARTNERS, client=scope("shelf:read", partner="partner_id"), system=BATCHES)
def shelf(partner_id: UUID) -> list[market.ProductView]:
    """The products that the partner's paradigm lets it show."""
    allowed = set(partner(partner_id).product_codes)
    return [p for p in market.shelf() if p.code in allowed]


def _view(row: Partner, members: int) -> PartnerView:
    return PartnerView(
        id=row.id,
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        scene=row.scene,
        paradigm=row.paradigm.code,
        product_codes=tuple(row.paradigm.product_codes),
        status=row.status,
        joined_on=row.joined_on,
        members=members,
    )
