"""Golden records written as a set; what has not changed is not touched (and leaves no history)."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from uuid import UUID

from django.db import connection
from psycopg import sql

from liti.core.bulk import copy_rows
from liti.core.sql import names as columns
from liti.core.sql import text
from liti.parties.models import SourceRecord
from liti.parties.rules import names
from liti.parties.rules.golden import ATTRIBUTES, Evidence, survive

TEXTS = (
    "name", "name_simplified", "name_pinyin", "id_number", "uscc", "mobile", "email", "sex",
    "address", "region_code",
)  # fmt: skip
_COLUMNS = (*TEXTS, "birth_date", "provenance")


def refresh(party_ids: Iterable[UUID] | None = None) -> int:
    """Compute golden records (of all parties or of these); returns how many changed."""
    records = SourceRecord.objects.exclude(party=None)
    if party_ids is not None:
        records = records.filter(party__in=list(party_ids))
    rows = (
        records.order_by("party_id", "id")
        .values("id", "party_id", "source_id", "source_key", "source__trust", "last_seen",
                *ATTRIBUTES)
    )  # fmt: skip
    computed = []
    for party_id, group in groupby(rows.iterator(5_000), key=lambda r: r["party_id"]):
        values, provenance = survive(
            [
                Evidence(
                    str(r["id"]),
                    r["source_id"],
                    r["source_key"],
                    r["source__trust"],
                    r["last_seen"],
                    {a: r[a] for a in ATTRIBUTES},
                )
                for r in group
            ]
        )
        values["name_simplified"] = names.person_name(values["name"])
        values["name_pinyin"] = names.pinyin(values["name_simplified"])[:400]
        computed.append(
            (
                party_id,
                *[values[t] for t in TEXTS],
                values["birth_date"],
                json.dumps(provenance, ensure_ascii=False),
            )
        )
    return _write(computed)


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
