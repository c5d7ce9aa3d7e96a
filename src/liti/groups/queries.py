"""Reads of groups. Party ids only: who they are is asked of parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q
from django.utils.translation import gettext as _

from liti.core.authority import BATCHES, query
from liti.core.clock import business_date
from liti.core.errors import NotFound
from liti.core.history import Revision, history
from liti.core.roles import CUSTOMERS, GROUPS, STAFF
from liti.groups.criteria import CriterionView as CriterionView
from liti.groups.criteria import criteria as criteria
from liti.groups.criteria import criterion as criterion
from liti.groups.criteria import criterion_history as criterion_history
from liti.groups.models import (
    Criterion,
    Diagnosis,
    Segment,
    SegmentMember,
    ServiceGap,
    Stage,
    StageSpan,
)
from liti.groups.words import rule_text as rule_text
from liti.parties import queries as parties

PAGE_MAX = 500
IDS_MAX = 10_000


@dataclass(frozen=True, slots=True)
class SegmentView:
    """A segment as it holds now."""

    code: str
    name_zh: str
    name_en: str
    owner_department: str
    version: int
    valid_from: date
    rule: dict[str, Any]
    members: int


@dataclass(frozen=True, slots=True)
class Membership:
    """A customer in a segment; `until` is the first day no longer in it."""

    party_id: UUID
    segment_code: str
    since: date
    until: date | None


@dataclass(frozen=True, slots=True)
class StageStep:
    """One stretch of a customer's life with the bank, and why it began."""

    stage: str
    since: date
    until: date | None
    reason_zh: str
    reason_en: str


@dataclass(frozen=True, slots=True)
class StageView:
    """The stage now, and all before, newest first (the first step is the present one)."""

    stage: str
    since: date
    reason_zh: str
    reason_en: str
    history: tuple[StageStep, ...]


@dataclass(frozen=True, slots=True)
class StageCount:
    """How many customers are in a stage now."""

    stage: str
    label: str
    customers: int


@dataclass(frozen=True, slots=True)
class GapReason:
    """One reason within one of the three groups."""

    criterion: str
    reason_zh: str
    reason_en: str
    customers: int


@dataclass(frozen=True, slots=True)
class GapGroup:
    """One of the three groups: customers with at least one reason, and the reasons."""

    group: str
    label: str
    customers: int
    reasons: tuple[GapReason, ...]


@dataclass(frozen=True, slots=True)
class DiagnosisView:
    """One diagnosis of a customer."""

    group: str
    criterion: str
    reason_zh: str
    reason_en: str
    since: date


@query(staff=STAFF, system=BATCHES)
def segments(*, on: date | None = None) -> list[SegmentView]:
    """Segments whose version holds on the day, the largest first, with members now."""
    day = on or business_date()
    counts = dict(
        SegmentMember.objects.filter(until=None)
        .values_list("segment_code")
        .annotate(Count("party_id"))
    )
    rows = Segment.objects.filter(Q(valid_to=None) | Q(valid_to__gt=day), valid_from__lte=day)
    views = [_segment_view(row, counts.get(row.code, 0)) for row in rows]
    return sorted(views, key=lambda v: (-v.members, v.code))


@query(staff=STAFF, system=BATCHES)
def segment(code: str, *, on: date | None = None) -> SegmentView:
    """One segment. Raises NotFound."""
    found = next((s for s in segments(on=on) if s.code == code), None)
    if found is None:
        raise NotFound(
            "groups.unknown_segment",
            _("There is no segment %(segment)s.") % {"segment": code},
            segment=code,
        )
    return found


@query(staff=GROUPS, system=BATCHES)
def members(code: str, limit: int = 50, offset: int = 0) -> list[Membership]:
    """Members of a segment now, longest first."""
    rows = SegmentMember.objects.filter(segment_code=code, until=None)
    page = rows.order_by("since", "party_id")[offset : offset + min(limit, PAGE_MAX)]
    return [_membership(row) for row in page]


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def segments_of(party_id: UUID, *, past: bool = False) -> list[Membership]:
    """Segments of a customer, newest first; past ones too where asked."""
    rows = SegmentMember.objects.filter(party_id=parties.living(party_id))
    if not past:
        rows = rows.filter(until=None)
    return [_membership(row) for row in rows.order_by("-since", "segment_code")[:PAGE_MAX]]


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def stage_of(party_id: UUID) -> StageView | None:
    """The life-cycle stage with its history; None before the first refresh."""
    reasons = _reasons()
    rows = StageSpan.objects.filter(party_id=parties.living(party_id)).order_by("-since")[:PAGE_MAX]
    history = tuple(
        StageStep(r.stage, r.since, r.until, *reasons.get(r.criterion, ("", ""))) for r in rows
    )
    if not history:
        return None
    now = history[0]
    return StageView(now.stage, now.since, now.reason_zh, now.reason_en, history)


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def stages_of_many(party_ids: Sequence[UUID]) -> dict[UUID, str]:
    """The stage now of up to 10,000 customers."""
    ids = list(party_ids)
    assert len(ids) <= IDS_MAX, f"at most {IDS_MAX} customers a call"
    rows = StageSpan.objects.filter(party_id__in=ids, until=None)
    return dict(rows.values_list("party_id", "stage"))


@query(staff=STAFF, system=BATCHES)
def stage_counts() -> list[StageCount]:
    """Customers by stage now, in the order of the life cycle; empty stages too."""
    rows = StageSpan.objects.filter(until=None).values_list("stage").annotate(Count("party_id"))
    found = dict(rows)
    return [StageCount(s.value, str(s.label), found.get(s.value, 0)) for s in Stage]


@query(staff=STAFF, system=BATCHES)
def three_groups() -> list[GapGroup]:
    """Served badly, cannot be served, not reached: customers now, by reason.

    A customer may have several reasons and be in several groups.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.outcome, c.code, count(d.party_id)"
            " FROM groups_criterion c LEFT JOIN groups_diagnosis d"
            " ON d.criterion = c.code AND d.until IS NULL WHERE c.purpose = 'diagnosis'"
            " GROUP BY c.code ORDER BY c.position"
        )
        by_reason = cursor.fetchall()
        cursor.execute(
            "SELECT c.outcome, count(DISTINCT d.party_id) FROM groups_criterion c"
            " JOIN groups_diagnosis d ON d.criterion = c.code AND d.until IS NULL GROUP BY 1"
        )
        totals = dict(cursor.fetchall())
    texts = _reasons()
    return [
        GapGroup(
            gap.value,
            str(gap.label),
            totals.get(gap.value, 0),
            tuple(
                GapReason(code, *texts[code], count)
                for group, code, count in by_reason
                if group == gap.value
            ),
        )
        for gap in ServiceGap
    ]


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def diagnoses_of(party_id: UUID) -> list[DiagnosisView]:
    """Which of the three groups a customer is in now, and why."""
    known = Criterion.objects.in_bulk()
    rows = Diagnosis.objects.filter(party_id=parties.living(party_id), until=None).order_by(
        "-since", "criterion"
    )
    return [
        DiagnosisView(c.outcome, c.code, c.reason_zh, c.reason_en, row.since)
        for row in rows
        if (c := known.get(row.criterion))
    ]


def _reasons() -> dict[str, tuple[str, str]]:
    rows = Criterion.objects.values_list("code", "reason_zh", "reason_en")
    return {code: (zh, en) for code, zh, en in rows}


def _segment_view(row: Segment, count: int) -> SegmentView:
    return SegmentView(
        code=row.code,
        name_zh=row.name_zh,
        name_en=row.name_en,
        owner_department=row.owner_department,
        version=row.version,
        valid_from=row.valid_from,
        rule=row.rule,
        members=count,
    )


def _membership(row: SegmentMember) -> Membership:
    return Membership(row.party_id, row.segment_code, row.since, row.until)


@query(staff=GROUPS)
def segment_history(code: str) -> list[Revision]:
    """Who wrote which version of a segment, newest first."""
    return history(Segment, name=("code", "version"), code=code)
