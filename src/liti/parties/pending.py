"""What the matching leaves to people: pairs, records of nobody, rows to give away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import CharField, Exists, F, OuterRef, QuerySet
from django.db.models.functions import Cast

from liti.core.authority import BATCHES, query
from liti.core.listing import count_to, ordered
from liti.core.roles import CONTROL, roles
from liti.parties.assigning import ASSIGNED
from liti.parties.models import MatchPair, Move, SourceRecord
from liti.parties.moving import CAME
from liti.parties.rules import masking

READERS = CONTROL | roles("data_steward", "operation_head")
PAGE_MAX = 100
PAIR_ORDERS = {"probability": "probability", "at": "at", "rule": "rule", "decision": "decision"}
RECORD_ORDERS = {"source": "source_id", "source_key": "source_key", "first_seen": "first_seen"}
ROW_ORDERS = {"at": "at", "place": "place"}


@dataclass(frozen=True, slots=True)
class PairView:
    """Two records that were compared; names masked, ids of their customers where they have one."""

    id: UUID
    left: str
    right: str
    left_source: str
    right_source: str
    left_party: UUID | None
    right_party: UUID | None
    rule: str
    probability: float
    decision: str
    at: datetime


@dataclass(frozen=True, slots=True)
class UnmatchedView:
    """A record on file that belongs to no customer yet, its name masked."""

    id: UUID
    source: str
    source_key: str
    kind: str
    name: str
    first_seen: datetime


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A row (table.column) that came while two were one, to be given to one of them."""

    id: int
    merge_id: UUID
    place: str
    at: datetime


@query(staff=READERS, system=BATCHES)
def pairs(
    decision: str = "", *, order: str = "", offset: int = 0, limit: int = 25
) -> list[PairView]:
    """Compared pairs of a decision (`review` waits for a steward), the likeliest first."""
    rows = _pairs(decision).select_related("left", "right").order_by("-probability", "id")
    rows = ordered(rows, order, PAIR_ORDERS)
    return [_pair(p) for p in rows[offset : offset + min(limit, PAGE_MAX)]]


@query(staff=READERS, system=BATCHES)
def count_pairs(decision: str = "", *, most: int = PAGE_MAX) -> int:
    """How many pairs `pairs` finds, counted to `most`."""
    return count_to(_pairs(decision), most)


@query(staff=READERS, system=BATCHES)
def unmatched_records(*, order: str = "", offset: int = 0, limit: int = 25) -> list[UnmatchedView]:
    """Records on file that were matched to no customer, the oldest first."""
    rows = ordered(_unmatched().order_by("first_seen", "id"), order, RECORD_ORDERS)
    return [
        UnmatchedView(r.id, r.source_id, r.source_key, r.kind, _masked(r), r.first_seen)
        for r in rows[offset : offset + min(limit, PAGE_MAX)]
    ]


@query(staff=READERS, system=BATCHES)
def count_unmatched(*, most: int = PAGE_MAX) -> int:
    """How many records `unmatched_records` finds, counted to `most`."""
    return count_to(_unmatched(), most)


@query(staff=READERS, system=BATCHES)
def left_rows(*, order: str = "", offset: int = 0, limit: int = 25) -> list[LeftRow]:
    """Rows of taken-back merges that nobody has given to one of the two, the oldest first."""
    rows = ordered(_left().order_by("at", "id"), order, ROW_ORDERS)
    return [
        LeftRow(r.id, r.merge_id, r.place.partition(".")[0], r.at)
        for r in rows[offset : offset + min(limit, PAGE_MAX)]
    ]


@query(staff=READERS, system=BATCHES)
def count_left_rows(*, most: int = PAGE_MAX) -> int:
    """How many rows `left_rows` finds, counted to `most`."""
    return count_to(_left(), most)


def _pairs(decision: str) -> QuerySet[MatchPair]:
    rows = MatchPair.objects.all()
    if decision == "review":
        # what became one customer since, by another way, waits for nobody
        rows = rows.exclude(left__party_id=F("right__party_id"), left__party_id__isnull=False)
    return rows.filter(decision=decision) if decision else rows


def _pair(row: MatchPair) -> PairView:
    return PairView(
        id=row.id,
        left=_masked(row.left),
        right=_masked(row.right),
        left_source=row.left.source_id,
        right_source=row.right.source_id,
        left_party=row.left.party_id,
        right_party=row.right.party_id,
        rule=row.rule,
        probability=row.probability,
        decision=row.decision,
        at=row.at,
    )


def _unmatched() -> QuerySet[SourceRecord]:
    return SourceRecord.objects.filter(party_id__isnull=True)


def _left() -> QuerySet[Move]:
    given = Move.objects.filter(merge_id=OuterRef("merge_id"), field=ASSIGNED)
    here = Cast(OuterRef("id"), CharField())
    return Move.objects.filter(field=CAME, merge__undone_at__isnull=False).exclude(
        Exists(given.filter(before=here))
    )


def _masked(row: SourceRecord) -> str:
    return masking.name(row.name) if row.kind == "person" else row.name
