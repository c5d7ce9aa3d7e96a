"""The reads of parties: masked unless somebody asks to see, and then it is logged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet
from django.utils.translation import gettext as _

from liti.core import staff
from liti.core.audit import own_reading, record_access
from liti.core.authority import BATCHES, own, query
from liti.core.errors import InvalidInput, NotFound
from liti.core.listing import count_to, ordered
from liti.core.roles import CUSTOMERS, MASKED, UNMASK, roles
from liti.parties import finding
from liti.parties.assigning import CameRow, unassigned
from liti.parties.consent_reads import (
    consented,
    consented_channels,
    consents_by_product,
    consents_of,
)
from liti.parties.figures import DepartmentFigures, PartyFigures, figures
from liti.parties.finding import register_finder
from liti.parties.identity import (
    every_id,
    hold,
    hold_alone,
    hold_many,
    ids_of,
    ids_of_many,
    living,
    resolve,
)
from liti.parties.link_reads import (
    Network,
    NetworkEdge,
    RelationView,
    network,
    relation,
    relations_of,
)
from liti.parties.marks import marks_of
from liti.parties.merges import count_merges, merge, merges
from liti.parties.models import (
    MatchPair,
    Party,
    ServiceAssignment,
    SourceRecord,
)
from liti.parties.pending import (
    LeftRow,
    PairView,
    UnmatchedView,
    count_left_rows,
    count_pairs,
    count_unmatched,
    left_rows,
    pairs,
    unmatched_records,
)
from liti.parties.record import ChangeView, RecordView, ValueView, changes_of, record_on
from liti.parties.rules import masking
from liti.parties.source_reads import import_runs, sources, sources_of
from liti.parties.views import (
    ConsentView,
    ImportRunView,
    MatchView,
    MergeView,
    PartyView,
    ServiceView,
    SourceRecordView,
    SourceView,
    StaffView,
)

__all__ = [
    "CameRow", "ChangeView", "ConsentView", "DepartmentFigures", "ImportRunView", "LeftRow",
    "MatchView", "MergeView", "Network", "NetworkEdge", "PairView", "PartyFigures", "PartyView",
    "RecordView", "RelationView", "ServiceView", "SourceRecordView", "SourceView", "StaffView",
    "UnmatchedView", "ValueView", "assignment", "changes_of", "consented", "consented_channels",
    "consents_by_product", "consents_of", "count_left_rows", "count_listing", "count_merges",
    "count_pairs", "count_unmatched", "every_id", "figures", "hold", "hold_alone", "hold_many",
    "ids_of", "ids_of_many", "import_runs", "left_rows", "listing", "living", "marks_of",
    "matches_of", "merge", "merges", "names_in_full", "network", "own_party", "pairs", "parties",
    "party", "party_by_source", "party_ids", "record_on", "register_finder", "relation",
    "relations_of", "resolve", "reveal", "revealed", "search", "search_by", "service_leads",
    "service_team", "serving_staff", "sources", "sources_of", "unassigned", "unmatched_records",
]  # fmt: skip
SEARCH_MAX = 100
# not by what is masked: an order would tell it
ORDERS = {"kind": "kind", "birth_date": "birth_date"}


@query(staff=MASKED, customer=own("party_id"), system=BATCHES)
def party(party_id: UUID) -> PartyView:
    """One party, masked. Raises NotFound."""
    return _view(_row(party_id))


@query(customer=own("party_id"), system=BATCHES)
def own_party(party_id: UUID) -> PartyView:
    """A party as it is shown to itself, and as messages to it address it: the whole name, the
    numbers masked, as a screen or a letter may be seen by others. Raises NotFound."""
    row = _row(party_id)
    return replace(_view(row), name=row.name)


@query(system=BATCHES)
def names_in_full(party_ids: Sequence[UUID]) -> dict[UUID, str]:
    """What many parties are called, by the ids asked for: for what is sent out in their name."""
    now_ids = resolve(party_ids)
    called = dict(Party.objects.filter(id__in=set(now_ids.values())).values_list("id", "name"))
    return {asked: called[n] for asked, n in now_ids.items() if n in called}


@query(staff=UNMASK, system=BATCHES)
def reveal(party_id: UUID, purpose: str) -> PartyView:
    """One party with its personal data in clear; the reading and its purpose are kept for
    ever. Raises NotFound, InvalidInput without a purpose."""
    if not purpose.strip():
        raise InvalidInput(
            "parties.no_purpose", _("Say why you need the full data."), field="purpose"
        )
    row = _row(party_id)
    fields = ["name", "id_number", "mobile", "email", "address"]
    record_access("party", row.id, purpose.strip()[:200], fields)
    return _view(row, reveal=True)


@query(staff=UNMASK, system=BATCHES)
def revealed(party_id: UUID, reading: UUID) -> PartyView | None:
    """The party in clear once more, for who had it shown by that reading a moment ago (it is
    one reading); None where that is not so. Raises NotFound."""
    row = _row(party_id)
    found = own_reading(reading, "party", ids_of(row.id))
    return _view(row, reveal=True) if found and found.fields else None


def _row(party_id: UUID) -> Party:
    row = Party.objects.filter(id=living(party_id)).first()
    if row is None:
        raise NotFound(
            "parties.party.unknown",
            _("There is no party %(id)s.") % {"id": party_id},
            remedy=_("Search by name or mobile."),
        )
    return row


@query(staff=MASKED, system=BATCHES)
def parties(party_ids: Sequence[UUID]) -> dict[UUID, PartyView]:
    """Many parties, masked, by the ids asked for."""
    now_ids = resolve(party_ids)
    rows = Party.objects.in_bulk(set(now_ids.values()))
    return {asked: _view(rows[n]) for asked, n in now_ids.items() if n in rows}


@query(staff=roles("data_steward", "engineer"), system=BATCHES)
def party_ids(kind: str = "person") -> list[UUID]:
    """Every active party of a kind, oldest id first."""
    rows = Party.objects.filter(status=Party.Status.ACTIVE, kind=kind)
    return list(rows.order_by("id").values_list("id", flat=True))


@query(staff=CUSTOMERS, system=BATCHES)
def listing(
    kind: str = "", *, order: str = "", offset: int = 0, limit: int = 20
) -> list[PartyView]:
    """Active parties by age of their id or by one of ORDERS, masked, a page at a time (at
    most 100)."""
    rows = ordered(_active(kind), order, ORDERS)
    return [_view(r) for r in rows[offset : offset + min(limit, SEARCH_MAX)]]


@query(staff=CUSTOMERS, system=BATCHES)
def count_listing(kind: str = "", *, most: int = SEARCH_MAX) -> int:
    """How many parties `listing` finds, counted to `most`."""
    return count_to(_active(kind), most)


def _active(kind: str) -> QuerySet[Party]:
    rows = Party.objects.filter(status=Party.Status.ACTIVE).order_by("id")
    return rows.filter(kind=kind) if kind else rows


def _view(row: Party, *, reveal: bool = False) -> PartyView:
    person = row.kind == "person"
    shown = row.name if reveal or not person else masking.name(row.name)
    return PartyView(
        id=row.id,
        kind=row.kind,
        name=shown,
        name_masked=masking.name(row.name) if person else row.name,
        id_number_masked=masking.id_number(row.id_number),
        mobile_masked=masking.mobile(row.mobile),
        email_masked=masking.email(row.email),
        address_masked=masking.address(row.address),
        birth_date=row.birth_date,
        sex=row.sex,
        uscc=row.uscc,
        region_code=row.region_code,
        created_on=row.created_on,
        provenance=row.provenance,
        revealed=reveal,
        id_number=row.id_number if reveal else "",
        mobile=row.mobile if reveal else "",
        email=row.email if reveal else "",
        address=row.address if reveal else "",
    )


@query(staff=CUSTOMERS, system=BATCHES)
def search(text: str, limit: int = 20) -> list[PartyView]:
    """Find by one whole value: a person's name, written or spoken, mobile or the four digits that
    its mask shows, ID number, credit code, e-mail, card, a department's key. A part of any finds
    nothing; only enterprises are found by a part of their name, which is public.

    Whatever is looked for is logged first, without the value. Raises TooMany (core.lookups).
    """
    return [_view(row) for row in finding.found(text, min(limit, SEARCH_MAX))]


@query(staff=CUSTOMERS, system=BATCHES)
def search_by(text: str, limit: int = 20) -> list[tuple[PartyView, str]]:
    """As `search`, each with what fits: name, mobile, mobile_end, id_number, uscc, email, card,
    number (a department's key), record (a mobile on a department's record). Raises TooMany."""
    found = finding.found_by(text, min(limit, SEARCH_MAX))
    return [(_view(row), kind) for row, kind in found]


@query(staff=roles("data_steward"), system=BATCHES)
def party_by_source(source: str) -> dict[str, UUID]:
    """Source key to party, of every matched record of a source."""
    rows = SourceRecord.objects.filter(source_id=source).exclude(party=None)
    return dict(rows.values_list("source_key", "party_id"))


@query(staff=CUSTOMERS, system=BATCHES)
def matches_of(party_id: UUID) -> list[MatchView]:
    """Why the party's records were joined: rule, probability and weight of each comparison."""
    mine = resolve([party_id])[party_id]
    rows = MatchPair.objects.filter(Q(left__party_id=mine) | Q(right__party_id=mine))
    return [
        MatchView(
            f"{p.left.source_id}:{p.left.source_key}",
            f"{p.right.source_id}:{p.right.source_key}",
            p.decision,
            p.rule,
            p.probability,
            p.explanation,
        )
        for p in rows.select_related("left", "right").order_by("-probability", "id")[:200]
    ]


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def service_team(party_id: UUID, *, ended: bool = False) -> list[ServiceView]:
    """Who serves the party, the lead first."""
    rows = ServiceAssignment.objects.filter(party_id=resolve([party_id])[party_id])
    if not ended:
        rows = rows.filter(valid_to=None)
    order = {role: place for place, role in enumerate(ServiceAssignment.Role.values)}
    names = staff.names_of([r.staff_code for r in rows])
    views = [replace(_serving(r), name=names.get(r.staff_code, "")) for r in rows]
    leads = ("lead_rm", "central_pool")
    return sorted(views, key=lambda v: (v.role not in leads, order[v.role], v.valid_from, v.id))


def _serving(row: ServiceAssignment) -> ServiceView:
    return ServiceView(
        row.id, row.role, str(row.get_role_display()), row.staff_code, row.department,
        row.valid_from, row.valid_to,
    )  # fmt: skip


@query(staff=CUSTOMERS, system=BATCHES)
def assignment(assignment_id: UUID) -> tuple[UUID, ServiceView]:
    """One assignment and the party that it is for. Raises NotFound."""
    row = ServiceAssignment.objects.filter(id=assignment_id).first()
    if row is None:
        raise NotFound("parties.service.unknown", _("There is no such open assignment."))
    return row.party_id, _serving(row)


@query(staff=CUSTOMERS, system=BATCHES)
def serving_staff(text: str = "", limit: int = 20) -> list[StaffView]:
    """Who serves customers now, by code, with the department and how many he leads."""
    rows = (
        ServiceAssignment.objects.filter(valid_to=None, staff_code__icontains=text)
        .exclude(staff_code="")
        .values("staff_code")
        .annotate(
            where=Min("department"), led=Count("id", filter=Q(role="lead_rm")), tasks=Count("id")
        )
        .order_by("staff_code")[:limit]
    )
    names = staff.names_of([r["staff_code"] for r in rows])
    return [
        StaffView(r["staff_code"], r["where"], r["led"], r["tasks"], names.get(r["staff_code"], ""))
        for r in rows
    ]


@query(staff=CUSTOMERS, system=BATCHES)
def service_leads(party_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Party to (staff code, department) of its lead; staff code is empty for the pool."""
    now_ids = resolve(party_ids)
    rows = ServiceAssignment.objects.filter(
        party_id__in=set(now_ids.values()), valid_to=None, role__in=["lead_rm", "central_pool"]
    ).values_list("party_id", "staff_code", "department")
    leads = {party_id: (staff, department) for party_id, staff, department in rows}
    return {asked: leads[n] for asked, n in now_ids.items() if n in leads}
