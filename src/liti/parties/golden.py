"""Golden records written as a set; what has not changed is not touched (and leaves no history)."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from psycopg import sql

from liti.core import params
from liti.core.bulk import copy_rows
from liti.core.sql import names as columns
from liti.core.sql import text
from liti.parties.models import SourceRecord, StatedValue
from liti.parties.rules import names
from liti.parties.rules.golden import ATTRIBUTES, Evidence, Orders, survive

TEXTS = (
    "name", "name_simplified", "name_pinyin", "id_number", "uscc", "mobile", "email", "sex",
    "address", "region_code",
)  # fmt: skip
_COLUMNS = (*TEXTS, "birth_date", "provenance")
STATED_SOURCE, STATED_TRUST = "stated", 100


def orders(on: date | None = None) -> dict[str, list[str]]:
    """By attribute the criteria in the order in which they decide on a day; "" for the rest."""
    found = {a: params.find("parties.golden.order", scope=a, on=on) for a in ATTRIBUTES}
    return {"": list(params.get("parties.golden.order", on=on))} | {
        a: list(order) for a, order in found.items() if order
    }


def verifying(on: date | None = None) -> dict[str, frozenset[str]]:
    """By source the attributes on which its word counts as verified on a day."""
    found: dict[str, set[str]] = defaultdict(set)
    for attribute in ATTRIBUTES:
        for source in params.find("parties.golden.verified_by", scope=attribute, on=on) or ():
            found[source].add(attribute)
    return {source: frozenset(attributes) for source, attributes in found.items()}


def changed_on(day: date, before: date) -> bool:
    """Whether other rules of survivorship hold on a day than on an earlier one."""
    return (orders(day), verifying(day)) != (orders(before), verifying(before))


def refresh(party_ids: Iterable[UUID] | None = None) -> int:
    """Compute golden records (of all parties or of these); returns how many changed."""
    records = SourceRecord.objects.exclude(party=None)
    stated = StatedValue.objects.exclude(accepted_at=None).order_by("accepted_at", "id")
    if party_ids is not None:
        ids = list(party_ids)
        records, stated = records.filter(party__in=ids), stated.filter(party__in=ids)
    said: dict[UUID, list[Evidence]] = defaultdict(list)
    for row in stated:  # a later word of the same attribute follows an earlier one
        said[row.party_id] = [e for e in said[row.party_id] if row.attribute not in e.values]
        said[row.party_id].append(
            Evidence(str(row.id), STATED_SOURCE, row.said_by, STATED_TRUST, row.at,
                     {row.attribute: row.value}, frozenset({row.attribute}))
        )  # fmt: skip
    rules = orders()
    seen = set()
    computed = []
    for party_id, evidence in _delivered(records, verifying()):
        seen.add(party_id)
        computed.append(_computed(party_id, [*evidence, *said.get(party_id, ())], rules))
    computed += [_computed(p, evidence, rules) for p, evidence in said.items() if p not in seen]
    return _write(computed)


def _delivered(
    records: QuerySet[SourceRecord], verified: dict[str, frozenset[str]]
) -> Iterator[tuple[UUID, list[Evidence]]]:
    rows = (
        records.order_by("party_id", "id")
        .values("id", "party_id", "source_id", "source_key", "source__trust", "last_seen",
                *ATTRIBUTES)
    )  # fmt: skip
    for party_id, group in groupby(rows.iterator(5_000), key=lambda r: r["party_id"]):
        yield (
            party_id,
            [
                Evidence(
                    str(r["id"]),
                    r["source_id"],
                    r["source_key"],
                    r["source__trust"],
                    r["last_seen"],
                    {a: r[a] for a in ATTRIBUTES},
                    verified.get(r["source_id"], frozenset()),
                )
                for r in group
            ],
        )


def _computed(party_id: UUID, evidence: list[Evidence], rules: Orders) -> tuple[Any, ...]:
    values, provenance = survive(evidence, rules)
    values["name_simplified"] = names.person_name(values["name"])
    values["name_pinyin"] = names.pinyin(values["name_simplified"])[:400]
    told = json.dumps(provenance, ensure_ascii=False)
    return (party_id, *[values[t] for t in TEXTS], values["birth_date"], told)


_STAGING = sql.SQL(
    "CREATE TEMP TABLE parties_golden ON COMMIT DROP AS SELECT id, {} FROM parties_party LIMIT 0"
).format(columns(_COLUMNS))
_TAKE_OVER = sql.SQL(
    "UPDATE parties_party p SET ({columns}) = ROW ({new}) FROM parties_golden g"
    " WHERE g.id = p.id AND ({old}) IS DISTINCT FROM ({new})"
).format(columns=columns(_COLUMNS), new=columns(_COLUMNS, "g"), old=columns(_COLUMNS, "p"))


def _write(computed: list[tuple[object, ...]]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text(_STAGING))
        copy_rows("parties_golden", ["id", *_COLUMNS], computed)
        cursor.execute(text(_TAKE_OVER))
        changed = int(cursor.rowcount)
        cursor.execute("DROP TABLE parties_golden")
    return changed
