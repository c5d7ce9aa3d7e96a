"""Survivorship: which of several values the golden record shows, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from liti.parties.rules.names import is_han

ATTRIBUTES = (
    "name", "id_number", "uscc", "mobile", "email", "birth_date", "sex", "address",
    "region_code",
)  # fmt: skip
# What a customer or the desk may state by hand. Identity numbers are corrected in the source:
# matching goes by them, and two of them never share a customer.
STATED = ("name", "mobile", "email", "address")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One record's say: its values, how far its source is trusted, how fresh it is, and of
    which attributes its word is verified."""

    record_id: str
    source: str
    source_key: str
    trust: int
    seen_at: datetime
    values: dict[str, Any]
    verified: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Case:
    attribute: str
    agreeing: Mapping[Any, int]


# What may decide, each as a number that is greater for the better value.
CRITERIA: dict[str, Callable[[Evidence, _Case], Any]] = {
    "verified": lambda r, c: _verified(r, c.attribute),
    "spelled": lambda r, c: is_han(r.values[c.attribute]),
    "agreement": lambda r, c: c.agreeing[r.values[c.attribute]],
    "trust": lambda r, _c: r.trust,
    "completeness": lambda r, c: _length(r.values[c.attribute]),
    "recency": lambda r, _c: r.seen_at.date(),
}
Orders = Mapping[str, Sequence[str]]


def survive(
    records: Sequence[Evidence], orders: Orders
) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """The surviving value of each attribute, and its provenance.

    `orders`: for each attribute the criteria in the order in which they decide, "" for those
    that have none of their own. Where they all leave it open, the later one, then the source's
    code. `by` in the provenance is the criterion that decided: "only" where nobody says
    otherwise, "order" where no criterion did.
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
        case = _Case(attribute, counts)
        order = orders.get(attribute) or orders[""]
        ranks = {id(r): [CRITERIA[c](r, case) for c in order] for r in holders}
        best = max(holders, key=lambda r: (ranks[id(r)], r.seen_at, r.source, r.source_key))
        golden[attribute] = best.values[attribute]
        provenance[attribute] = {
            "source": best.source,
            "source_key": best.source_key,
            "record": best.record_id,
            "seen_at": best.seen_at.isoformat(),
            "agreeing": counts[best.values[attribute]],
            "of": len(holders),
            "by": _decided_by(best, holders, attribute, ranks, order),
            "verified": _verified(best, attribute),
        }
    return golden, provenance


def _decided_by(
    best: Evidence,
    holders: Sequence[Evidence],
    attribute: str,
    ranks: Mapping[int, Sequence[Any]],
    order: Sequence[str],
) -> str:
    others = [r for r in holders if r.values[attribute] != best.values[attribute]]
    if not others:
        return "only"
    second = max((ranks[id(r)] for r in others), key=list)
    mine = ranks[id(best)]
    return next((c for c, a, b in zip(order, mine, second, strict=True) if a != b), "order")


def _verified(record: Evidence, attribute: str) -> bool:
    """A birth date or sex is confirmed by the record's own valid ID number, any other value
    where its source's word on it is."""
    by_number = attribute in ("birth_date", "sex") and bool(record.values.get("id_number"))
    return by_number or attribute in record.verified


def _length(value: Any) -> int:
    return 0 if isinstance(value, date) else len(value)
