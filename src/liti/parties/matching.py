"""From records to parties: exact rules, the model, guards, ids that stay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time
from time import perf_counter
from typing import Any
from uuid import UUID

import pyarrow as pa
from django.db import connection, transaction

from liti.core import params
from liti.core.authority import command
from liti.core.bulk import copy_rows
from liti.core.clock import business_date, now
from liti.core.events import emit
from liti.core.ids import uuid7, uuid7_at
from liti.core.roles import roles
from liti.parties import age, consents, events, golden, merging, teams
from liti.parties.model import score_persons
from liti.parties.models import MatchPair, Merge, Party, Ruling, SourceRecord
from liti.parties.rules import shared
from liti.parties.rules.clusters import Edge, Traits, clusters_of
from liti.parties.rules.exact import Known, one_name, organisation_rules, person_rules
from liti.parties.rules.names import surname

Progress = Callable[..., None]
MATCH_STEPS = 6
_LOCK = 7_205_001
_FIELDS = (
    "id", "source_id", "source_key", "kind", "name_simplified", "name_pinyin", "id_number",
    "id_number_claimed", "uscc", "mobile", "email", "birth_date", "sex", "address",
    "region_code", "party_id", "first_seen",
)  # fmt: skip
Row = dict[str, Any]
Decided = dict[tuple[UUID, UUID], tuple[str, str, float, dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class MatchReport:
    """What a matching run found. `merged_records` are records beyond one per party."""

    records: int
    parties: int
    persons: int
    organisations: int
    merged_records: int
    pairs: int
    for_review: int
    conflicts: int
    seconds: float


@command(staff=roles("data_steward"), system=("parties", "demo", "day"))
def match_all(*, progress: Progress | None = None, accept_old: bool = False) -> MatchReport:
    """Match all records anew; ids that were given stay, merged ones resolve for ever.

    One transaction: a break leaves everything as it was. Also builds golden records,
    relations, consents and service teams from what the departments delivered. Raises Refused
    where that was too long ago, unless `accept_old`.
    """
    started = perf_counter()
    if not accept_old:
        age.require_fresh_sources()

    def advance() -> None:
        if progress:
            progress(1)

    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        rows = list(SourceRecord.objects.order_by("id").values(*_FIELDS))
        persons = [r for r in rows if r["kind"] == "person"]
        organisations = [r for r in rows if r["kind"] == "organisation"]
        together, apart = _rulings()
        groups, decided = _persons(persons, together, apart)
        advance()
        more, decided_organisations = _organisations(organisations, together, apart)
        decided |= decided_organisations
        advance()
        touched = _assign(rows, groups + more)
        _keep_decisions(decided)
        advance()
        golden.refresh()
        advance()
        teams.refresh_relations()
        consents.refresh_consents()
        advance()
        teams.refresh_assignments()
        emit(events.MATCHED, "house:records", {"records": len(rows), "merged_parties": touched})
        advance()
    outcome = Counter(d[0] for d in decided.values())
    return MatchReport(
        records=len(rows),
        parties=len(groups) + len(more),
        persons=len(groups),
        organisations=len(more),
        merged_records=len(rows) - len(groups) - len(more),
        pairs=outcome["merged"],
        for_review=outcome["review"],
        conflicts=outcome["conflict"],
        seconds=round(perf_counter() - started, 2),
    )


def _known(row: Row) -> Known:
    return Known(
        row["id"],
        row["name_simplified"],
        row["name_pinyin"],
        row["id_number"],
        row["uscc"],
        row["mobile"],
        row["birth_date"].isoformat() if row["birth_date"] else "",
    )


def _rulings() -> tuple[list[Edge], list[tuple[UUID, UUID]]]:
    """What stewards decided: records that belong together, and pairs that never do."""
    rows = list(Ruling.objects.order_by("id").values_list("left", "right", "together"))
    return (
        [Edge(left, right, 1.0) for left, right, together in rows if together],
        [(left, right) for left, right, together in rows if not together],
    )


def _ruled(
    rows: list[Row], together: list[Edge], apart: list[tuple[UUID, UUID]]
) -> tuple[list[Edge], list[tuple[UUID, UUID]], Decided]:
    """The rulings on these records, and how they are shown."""
    mine = {r["id"] for r in rows}
    edges = [e for e in together if {e.left, e.right} <= mine]
    pairs = [p for p in apart if set(p) <= mine]
    decided: Decided = {_pair(e): ("merged", "steward", 1.0, {"rule": "steward"}) for e in edges}
    return edges, pairs, decided


def _persons(
    rows: list[Row], together: list[Edge], apart: list[tuple[UUID, UUID]]
) -> tuple[list[list[UUID]], Decided]:
    merge = float(params.get("parties.match.merge_probability"))
    review = float(params.get("parties.match.review_probability"))
    rows = shared.without_placeholders(rows)
    sure, conflicts = person_rules(map(_known, rows))
    edges, barred, decided = _ruled(rows, together, apart)
    for edge, rule in sure:
        edges.append(edge)
        decided[_pair(edge)] = ("merged", rule, edge.probability, {"rule": rule})
    for edge in conflicts:
        decided[_pair(edge)] = ("conflict", "id_number+other_name", 0.0, {"rule": "id_number"})
    row_of = {r["id"]: r for r in rows}
    known_of = {r["id"]: _known(r) for r in rows}
    for scored in score_persons(
        _table(rows),
        review=review,
        pair_max=int(params.get("parties.match.pair_max")),
        memory_mb=int(params.get("parties.match.memory_limit_mb")),
    ):
        edge = Edge(scored.left, scored.right, scored.probability)
        if _pair(edge) in decided:
            known = decided[_pair(edge)]
            decided[_pair(edge)] = (*known[:3], {**known[3], **scored.explanation})
            continue
        alike = one_name(known_of[scored.left], known_of[scored.right])
        sure_enough = alike and _proof(row_of[scored.left], row_of[scored.right])
        outcome = "merged" if scored.probability >= merge and sure_enough else "review"
        decided[_pair(edge)] = (outcome, "model", scored.probability, scored.explanation)
        if outcome == "merged":
            edges.append(edge)
    traits = Traits(
        identity={r["id"]: r["id_number"] for r in rows},
        birth={r["id"]: r["birth_date"].isoformat() for r in rows if r["birth_date"]},
        sex={r["id"]: r["sex"] for r in rows},
    )
    groups, refused = clusters_of(
        [r["id"] for r in rows],
        edges,
        traits,
        [*((e.left, e.right) for e in conflicts), *barred],
    )
    for edge in refused:
        _outcome, rule, probability, why = decided[_pair(edge)]
        decided[_pair(edge)] = ("conflict", rule, probability, {**why, "guard": "contradiction"})
    return groups, decided


_PROOFS = ("id_number", "mobile", "email", "birth_date", "address")


def _proof(left: Row, right: Row) -> bool:
    """Whether something beyond the name is equal: what is merely near adds up in a table of
    weights, and is a reason to look, not to merge."""
    return any(left[name] and left[name] == right[name] for name in _PROOFS)


def _organisations(
    rows: list[Row], together: list[Edge], apart: list[tuple[UUID, UUID]]
) -> tuple[list[list[UUID]], Decided]:
    sure = organisation_rules(map(_known, rows))
    identity = {r["id"]: r["uscc"] for r in rows if r["uscc"]}
    edges, kept_apart, decided = _ruled(rows, together, apart)
    groups, refused = clusters_of(
        [r["id"] for r in rows], [*edges, *(e for e, _rule in sure)], Traits(identity), kept_apart
    )
    barred = {_pair(e) for e in refused}
    decided |= {
        _pair(e): ("conflict" if _pair(e) in barred else "merged", rule, 1.0, {"rule": rule})
        for e, rule in sure
    }
    return groups, decided


def _pair(edge: Edge) -> tuple[UUID, UUID]:
    return (edge.left, edge.right) if edge.left < edge.right else (edge.right, edge.left)


def _table(rows: list[Row]) -> pa.Table:
    def column(read: Callable[[Row], Any]) -> pa.Array:
        return pa.array([read(r) or None for r in rows], type=pa.string())

    return pa.table(
        {
            "unique_id": column(lambda r: str(r["id"])),
            "name": column(lambda r: r["name_simplified"]),
            "pinyin": column(lambda r: r["name_pinyin"]),
            "surname": column(lambda r: r["name_pinyin"].split(" ")[0]),
            "family": column(lambda r: surname(r["name_simplified"])),
            "identity": column(lambda r: r["id_number"] or r["id_number_claimed"]),
            "birth": column(lambda r: r["birth_date"] and r["birth_date"].isoformat()),
            "mobile": column(lambda r: r["mobile"]),
            "email": column(lambda r: r["email"]),
            "sex": column(lambda r: r["sex"]),
            "address": column(lambda r: r["address"]),
            "region": column(lambda r: r["region_code"]),
        }
    )


def _assign(rows: list[Row], groups: list[list[UUID]]) -> int:
    """Give each cluster its party id: the oldest that its records have, else a new one.

    An id is used by one cluster only: after a split, by the one that kept most of its records.
    Returns how many parties were merged into another.
    """
    by_id = {r["id"]: r for r in rows}
    kind_of = {row["id"]: row["kind"] for row in rows}
    created = dict(Party.objects.values_list("id", "created_on"))
    claims: list[tuple[int, Any, UUID, int]] = []
    for index, members in enumerate(groups):
        for party_id, count in Counter(by_id[m]["party_id"] for m in members).items():
            if party_id:
                claims.append((-count, created[party_id], party_id, index))
    holder: dict[UUID, int] = {}
    for _count, _created, party_id, index in sorted(claims):
        holder.setdefault(party_id, index)
    wanted: dict[int, UUID] = {}
    for _count, _at, party_id, index in sorted(claims, key=lambda c: (c[1], c[0], c[2])):
        if holder[party_id] == index:
            wanted.setdefault(index, party_id)
    used = set(created)
    fresh: list[tuple[UUID, str]] = []
    moves: list[tuple[UUID, UUID]] = []
    for index, members in enumerate(groups):
        if index not in wanted:
            wanted[index] = _new_id(min((by_id[m] for m in members), key=_age), used)
            used.add(wanted[index])
            fresh.append((wanted[index], kind_of[members[0]]))
        moves += [(m, wanted[index]) for m in members if by_id[m]["party_id"] != wanted[index]]
    today = business_date()
    copy_rows(
        "parties_party",
        ["id", "kind", "status", "provenance", "created_on", *golden.TEXTS],
        [(i, k, "active", "{}", today, *[""] * len(golden.TEXTS)) for i, k in fresh],
    )
    gone = {p: wanted[i] for p, i in holder.items() if wanted[i] != p}
    barred = merging.objected(gone)
    gone = {p: heir for p, heir in gone.items() if not {p, heir} & barred}
    merging.merge(gone, origin=Merge.Origin.MATCHING)
    _move((m, to) for m, to in moves if by_id[m]["party_id"] not in barred)
    return len(gone)


def _age(row: Row) -> tuple[Any, ...]:
    return (row["first_seen"].date(), row["source_id"], row["source_key"])


def _new_id(oldest: Row, used: set[UUID]) -> UUID:
    """The same files give the same ids on every installation of a day."""
    at = datetime.combine(oldest["first_seen"].date(), time(), UTC)
    made = uuid7_at(at, "party", oldest["source_id"], oldest["source_key"])
    return uuid7() if made in used else made


def _move(moves: Iterable[tuple[UUID, UUID]]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE parties_moves (record_id uuid PRIMARY KEY, party_id uuid) "
            "ON COMMIT DROP"
        )
        copy_rows("parties_moves", ["record_id", "party_id"], moves)
        cursor.execute(
            "UPDATE parties_sourcerecord r SET party_id = m.party_id "
            "FROM parties_moves m WHERE r.id = m.record_id "
            "AND r.party_id IS DISTINCT FROM m.party_id"
        )
        cursor.execute("DROP TABLE parties_moves")


def _keep_decisions(decided: Decided) -> None:
    MatchPair.objects.all().delete()
    at = now()
    copy_rows(
        "parties_matchpair",
        ["id", "left_id", "right_id", "decision", "rule", "probability", "explanation", "at"],
        [
            (uuid7(), left, right, outcome, rule, probability, json.dumps(why), at)
            for (left, right), (outcome, rule, probability, why) in decided.items()
        ],
    )
