"""Reading links: those of one party, and the picture of who belongs with whom around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.authority import BATCHES, own, query
from liti.core.errors import NotFound
from liti.core.roles import CUSTOMERS
from liti.parties.identity import ids_of, resolve
from liti.parties.models import Party, Relation
from liti.parties.rules import masking

LISTED_MAX, NODES_MAX, EDGES_MAX, DEPTH = 500, 40, 400, 2

# What the one at the far end is to the one that is looked at: who stands at the link's
# beginning, and who at its end.
FAR_END: Mapping[str, tuple[Promise, Promise]] = {
    "legal_representative": (
        gettext_lazy("Legal representative"),
        gettext_lazy("Represented enterprise"),
    ),
    "beneficial_owner": (
        gettext_lazy("Beneficial owner"),
        gettext_lazy("Beneficially owned enterprise"),
    ),
    "shareholder": (gettext_lazy("Shareholder"), gettext_lazy("Holds shares in it")),
    "employee": (gettext_lazy("Employee"), gettext_lazy("Employer")),
    "household": (gettext_lazy("Household"), gettext_lazy("Household")),
    "guardian": (gettext_lazy("Guardian"), gettext_lazy("Ward")),
    "guarantor": (gettext_lazy("Guarantor"), gettext_lazy("Guaranteed debtor")),
    "supplier": (gettext_lazy("Supplier"), gettext_lazy("Buyer")),
    "co_holder": (gettext_lazy("Co-holder"), gettext_lazy("Account holder")),
}


@dataclass(frozen=True, slots=True)
class RelationView:
    """A link seen from one party; `outgoing`: it begins there. `label`: what the other is."""

    id: UUID
    kind: str
    label: str
    outgoing: bool
    other_id: UUID
    other_kind: str
    other_name: str
    valid_from: date
    valid_to: date | None
    basis: str = ""
    source: str = ""
    share_bp: int | None = None
    ended_basis: str = ""


@dataclass(frozen=True, slots=True)
class NetworkNode:
    """A party of the picture, masked; `steps` from its centre. `via`: whom it was reached by."""

    id: UUID
    kind: str
    name: str
    steps: int
    via: UUID | None = None


@dataclass(frozen=True, slots=True)
class NetworkEdge:
    """An open link of the picture, read "from is `label` of to"."""

    from_id: UUID
    to_id: UUID
    kind: str
    label: str
    share_bp: int | None


@dataclass(frozen=True, slots=True)
class Network:
    """The picture: nodes with the centre first, links among them. `cut`: there is more."""

    nodes: tuple[NetworkNode, ...]
    edges: tuple[NetworkEdge, ...]
    cut: bool


def _far_end(kind: str, *, outgoing: bool) -> str:
    return str(FAR_END[kind][1 if outgoing else 0])


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def relations_of(party_id: UUID) -> list[RelationView]:
    """Open and ended relations, either way round, the open ones first."""
    mine = resolve([party_id])[party_id]
    ids = ids_of(mine)
    rows = Relation.objects.filter(Q(from_party__in=ids) | Q(to_party__in=ids))
    found = list(rows.order_by("kind", "-valid_from", "id")[:LISTED_MAX])
    found.sort(key=lambda r: r.valid_to is not None)
    far = {r.id: r.to_party_id if r.from_party_id in ids else r.from_party_id for r in found}
    living = resolve(far.values())
    others = Party.objects.in_bulk(set(living.values()))
    return [_seen(r, others[living[far[r.id]]], outgoing=r.from_party_id in ids) for r in found]


def _seen(row: Relation, other: Party, *, outgoing: bool) -> RelationView:
    return RelationView(
        id=row.id,
        kind=row.kind,
        label=_far_end(row.kind, outgoing=outgoing),
        outgoing=outgoing,
        other_id=other.id,
        other_kind=other.kind,
        other_name=_called(other),
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        basis=row.basis,
        source=row.source,
        share_bp=row.share_bp,
        ended_basis=row.ended_basis,
    )


def _called(party: Party) -> str:
    return masking.name(party.name) if party.kind == "person" else party.name


@query(staff=CUSTOMERS, system=BATCHES)
def relation(relation_id: UUID) -> tuple[UUID, RelationView]:
    """One link as it is seen from the party that it begins with. Raises NotFound."""
    row = Relation.objects.select_related("to_party").filter(id=relation_id).first()
    if row is None:
        raise NotFound("parties.relation.unknown", _("There is no such open relation."))
    return row.from_party_id, _seen(row, row.to_party, outgoing=True)


@query(staff=CUSTOMERS, system=BATCHES)
def network(party_id: UUID) -> Network:
    """Who belongs with whom around a party, DEPTH links far and at most NODES_MAX parties,
    persons and enterprises alike; over open links. Raises NotFound."""
    centre = resolve([party_id])[party_id]
    steps: dict[UUID, tuple[int, UUID | None]] = {centre: (0, None)}
    frontier: Collection[UUID] = [centre]
    cut = False
    for distance in range(1, DEPTH + 1):
        rows = list(_open(frontier).values_list("from_party", "to_party")[: EDGES_MAX + 1])
        cut = cut or len(rows) > EDGES_MAX
        reached: dict[UUID, UUID] = {}
        for one, other in rows[:EDGES_MAX]:
            for here, there in ((one, other), (other, one)):
                if here in steps and there not in steps:
                    reached.setdefault(there, here)
        room = NODES_MAX - len(steps)
        cut = cut or len(reached) > room
        for there, here in list(reached.items())[:room]:
            steps[there] = (distance, here)
        frontier = [i for i, (n, _via) in steps.items() if n == distance]
    parties = Party.objects.in_bulk(list(steps))
    if centre not in parties:
        raise NotFound("parties.party.unknown", _("There is no party %(id)s.") % {"id": party_id})
    inner = Relation.objects.filter(valid_to=None, from_party__in=steps, to_party__in=steps)
    return Network(
        nodes=tuple(
            NetworkNode(i, parties[i].kind, _called(parties[i]), n, via)
            for i, (n, via) in steps.items()
        ),
        edges=tuple(
            NetworkEdge(
                r.from_party_id, r.to_party_id, r.kind, str(r.get_kind_display()), r.share_bp
            )
            for r in inner.order_by("kind", "id")[:EDGES_MAX]
        ),
        cut=cut,
    )


def _open(ids: Collection[UUID]) -> QuerySet[Relation]:
    rows = Relation.objects.filter(Q(from_party__in=ids) | Q(to_party__in=ids), valid_to=None)
    return rows.order_by("kind", "valid_from", "id")
