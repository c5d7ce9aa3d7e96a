"""Survivorship: which of several values the golden record shows, and why."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from liti.parties.rules.names import is_han

ATTRIBUTES = (
    "name", "id_number", "uscc", "mobile", "email", "birth_date", "sex", "address",
    "region_code",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record's say: its values, how far its source is trusted, how fresh it is."""

    record_id: str
    source: str
    source_key: str
    trust: int
    seen_at: datetime
    values: dict[str, Any]


def survive(records: Sequence[Evidence]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The surviving value of each attribute, and its provenance.

    A value confirmed by an ID number wins for birth date and sex (rule `id_number`).
    A Chinese name wins over its transcription. Then the value that most records agree on, the
    source trusted most, the fuller value, the fresher one.
    """
    golden: dict[str, Any] = {}
    provenance: dict[str, dict[str, Any]] = {}
    for attribute in ATTRIBUTES:
        holders = [r for r in records if r.values.get(attribute)]
        if not holders:
            golden[attribute] = None if attribute == "birth_date" else ""
            continue
        counts: dict[Any, int] = {}
        for record in holders:
            counts[record.values[attribute]] = counts.get(record.values[attribute], 0) + 1
        best = max(holders, key=lambda r: _rank(r, attribute, counts))
        golden[attribute] = best.values[attribute]
        provenance[attribute] = {
            "source": best.source,
            "source_key": best.source_key,
            "record": best.record_id,
            "seen_at": best.seen_at.isoformat(),
            "agreeing": counts[best.values[attribute]],
            "of": len(holders),
        }
    return golden, provenance


def _rank(record: Evidence, attribute: str, counts: dict[Any, int]) -> tuple[Any, ...]:
    value = record.values[attribute]
    confirmed = attribute in ("birth_date", "sex") and bool(record.values.get("id_number"))
    spelled = attribute != "name" or is_han(value)
    length = 0 if isinstance(value, date) else len(value)
    tie = (record.source, record.source_key)
    return (confirmed, spelled, counts[value], record.trust, length, record.seen_at, tie)
