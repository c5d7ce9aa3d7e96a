"""Commands of groups: define segments, refresh everybody's groups of a day."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core import events
from liti.core.authority import command
from liti.core.errors import Refused
from liti.core.roles import OPERATION, roles
from liti.core.sql import Arguments, name
from liti.groups.compile import compile_rule
from liti.groups.criteria import propose_criterion
from liti.groups.events import REFRESHED
from liti.groups.models import Criterion, Segment
from liti.groups.proposals import propose_segment
from liti.groups.segments import Preview, define_segment, preview
from liti.groups.spans import SpanCounts, refresh_spans
from liti.groups.wide import customers, read_rule
from liti.insight import queries as insight
from liti.insight import services as insight_services

__all__ = [
    "REFRESH_STEPS",
    "Preview",
    "RefreshCounts",
    "define_segment",
    "preview",
    "propose_criterion",
    "propose_segment",
    "refresh",
]
REFRESH_STEPS = 3
Only = Sequence[UUID] | None


@dataclass(frozen=True, slots=True)
class RefreshCounts:
    """What a refresh found and changed."""

    on: date
    customers: int
    segments: int
    memberships: int
    joined: int
    left: int
    stage_changes: int
    diagnosed: int


@command(staff=OPERATION | roles("data_steward", "engineer"), system=("groups", "demo", "day"))
@transaction.atomic
def refresh(on: date, *, progress: Callable[[int], None] | None = None) -> RefreshCounts:
    """Segments, stages and diagnoses of all customers on a day, set-based, with history.

    Reads the features of that very day; raises Refused where they were not built. Repeating
    a day gives the same rows. `progress` is called with 1 for each of REFRESH_STEPS.
    """
    report = progress or (lambda _count: None)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM insight_feature_v WHERE as_of = %s", [on])
        everybody = cursor.fetchone()[0]
        if not everybody:
            raise Refused(
                "groups.no_features",
                _("There are no features of %(on)s.") % {"on": on},
                remedy=_("Run `liti insight features --on %(on)s` first.") % {"on": on},
            )
        stages = _refresh_stages(cursor, on)
        report(1)
        segments = _segments_on(on)
        members = _refresh_segments(cursor, segments, on)
        report(1)
        diagnosed = _refresh_diagnoses(cursor, on)
        report(1)
    events.emit(REFRESHED, "house:groups", {"on": on.isoformat(), "customers": everybody})
    return RefreshCounts(
        on=on,
        customers=everybody,
        segments=len(segments),
        memberships=members.members,
        joined=members.joined,
        left=members.left,
        stage_changes=stages.joined,
        diagnosed=diagnosed.members,
    )


@command(system=("groups", "day"))
@transaction.atomic
def refresh_stale() -> int:
    """The groups of those whose features a merge made old; returns how many customers.

    Features first, then segments, stage and diagnoses of these customers only, on the newest
    day. A full refresh does the same for everybody.
    """
    parties = insight_services.refresh_stale()
    on = insight.latest_day()
    if parties and on is not None:
        with connection.cursor() as cursor:
            _refresh_stages(cursor, on, parties)
            _refresh_segments(cursor, _segments_on(on), on, parties)
            _refresh_diagnoses(cursor, on, parties)
    return len(parties)


def _segments_on(on: date) -> list[Segment]:
    """The versions that hold on a day."""
    rows = Segment.objects.filter(valid_from__lte=on)
    return list(rows.filter(Q(valid_to=None) | Q(valid_to__gt=on)).order_by("code"))


_STAGES = sql.SQL("""
SELECT d.party_id, o.stage, d.criterion
FROM (SELECT c.party_id, CASE {branches} END AS criterion FROM {customers} c) d
JOIN unnest(%(criteria)s::text[], %(outcomes)s::text[]) AS o (criterion, stage) USING (criterion)
""")
_EACH_RULE = sql.SQL("""
SELECT c.party_id, r.label AS {label} FROM {customers} c
CROSS JOIN LATERAL unnest(ARRAY[{conditions}]::boolean[], %(labels)s::text[]) AS r (holds, label)
WHERE r.holds
""")


def _refresh_stages(cursor: Any, on: date, only: Only = None) -> SpanCounts:
    """One stage a customer: the first criterion that matches."""
    criteria = list(Criterion.objects.filter(purpose=Criterion.Purpose.STAGE).order_by("position"))
    assert criteria, "reference.load brings the stage criteria"
    values = Arguments(criteria=[c.code for c in criteria], outcomes=[c.outcome for c in criteria])
    branches = [
        sql.SQL("WHEN {} THEN {}").format(
            compile_rule(read_rule(criterion.rule, on), values), values.put(criterion.code)
        )
        for criterion in criteria
    ]
    select = _STAGES.format(branches=sql.SQL(" ").join(branches), customers=customers(on, values))
    return refresh_spans(
        cursor, "groups_stagespan", "stage", select, values, on, ["criterion"], only
    )


def _refresh_segments(
    cursor: Any, segments: Sequence[Segment], on: date, only: Only = None
) -> SpanCounts:
    rules = [(segment.code, segment.rule) for segment in segments]
    return _each_rule(cursor, "groups_segmentmember", "segment_code", rules, on, only)


def _refresh_diagnoses(cursor: Any, on: date, only: Only = None) -> SpanCounts:
    criteria = Criterion.objects.filter(purpose=Criterion.Purpose.DIAGNOSIS).order_by("position")
    rules = [(c.code, c.rule) for c in criteria]
    return _each_rule(cursor, "groups_diagnosis", "criterion", rules, on, only)


def _each_rule(
    cursor: Any, table: str, label: str, rules: Sequence[tuple[str, Any]], on: date, only: Only
) -> SpanCounts:
    """All rules in one pass over the customers: one row for each rule that a customer meets."""
    values = Arguments(labels=[code for code, _given in rules])
    conditions = [compile_rule(read_rule(given, on), values) for _code, given in rules]
    select = _EACH_RULE.format(
        label=name(label),
        customers=customers(on, values),
        conditions=sql.SQL(", ").join(conditions),
    )
    return refresh_spans(cursor, table, label, select, values, on, (), only)
