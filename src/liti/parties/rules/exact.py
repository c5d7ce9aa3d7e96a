"""Exact rules, tried before the model (DOMAIN 3.7): who is surely the same, who surely not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations
from uuid import UUID

from liti.parties.rules.clusters import Edge
from liti.parties.rules.names import is_han, organisation_key, surname

GROUP_MAX = 200


@dataclass(frozen=True, slots=True)
class Known:
    """What the exact rules look at."""

    id: UUID
    name: str
    pinyin: str
    id_number: str
    uscc: str
    mobile: str
    birth_date: str


def same_name(left: Known, right: Known) -> bool:
    """Equal as written or as spoken."""
    return left.name == right.name or (bool(left.pinyin) and left.pinyin == right.pinyin)


def one_name(left: Known, right: Known) -> bool:
    """Fit to be one person's name where no ID number says so.

    Two Chinese names that only sound alike may be a slip, or a twin's: they are looked at.
    """
    if is_han(left.name) and is_han(right.name):
        return left.name == right.name
    return near_name(left, right)


def near_name(left: Known, right: Known) -> bool:
    """One character slipped, and the sound hardly: not a twin's name under a wrong number."""
    if same_name(left, right):
        return True
    if is_han(left.name) and is_han(right.name):
        if len(left.name) != len(right.name) or surname(left.name) != surname(right.name):
            return False
        if sum(a != b for a, b in zip(left.name, right.name, strict=True)) > 1:
            return False
    return _edits_at_most(left.pinyin, right.pinyin, 1)


def _edits_at_most(left: str, right: str, limit: int) -> bool:
    if abs(len(left) - len(right)) > limit:
        return False
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        above, row[0] = row[0], i
        for j, b in enumerate(right, start=1):
            above, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, above + (a != b))
    return row[-1] <= limit


def person_rules(records: Iterable[Known]) -> tuple[list[tuple[Edge, str]], list[Edge]]:
    """Sure pairs with the rule's name, and pairs that share an ID number under other names."""
    sure: list[tuple[Edge, str]] = []
    conflicts: list[Edge] = []
    by_number: dict[str, list[Known]] = defaultdict(list)
    by_contact: dict[tuple[str, str], list[Known]] = defaultdict(list)
    for record in records:
        if record.id_number:
            by_number[record.id_number].append(record)
        if record.mobile and record.birth_date:
            by_contact[record.mobile, record.birth_date].append(record)
    for group in by_number.values():
        for left, right in combinations(group[:GROUP_MAX], 2):
            edge = Edge(left.id, right.id, 1.0)
            if same_name(left, right):
                sure.append((edge, "id_number+name"))
            elif near_name(left, right):
                sure.append((edge, "id_number+near_name"))
            else:
                conflicts.append(edge)
    for group in by_contact.values():
        for left, right in combinations(group[:GROUP_MAX], 2):
            if left.name == right.name and not _contradict(left, right):
                sure.append((Edge(left.id, right.id, 0.999), "mobile+name+birth_date"))
    return sure, conflicts


def _contradict(left: Known, right: Known) -> bool:
    return bool(left.id_number and right.id_number and left.id_number != right.id_number)


def organisation_rules(records: Iterable[Known]) -> list[tuple[Edge, str]]:
    """By credit code; a record without one joins by its full name where only one bears it."""
    sure: list[tuple[Edge, str]] = []
    by_code: dict[str, list[Known]] = defaultdict(list)
    by_name: dict[str, list[Known]] = defaultdict(list)
    for record in records:
        if record.uscc:
            by_code[record.uscc].append(record)
        by_name[organisation_key(record.name)].append(record)
    for group in by_code.values():
        sure += [(Edge(group[0].id, other.id, 1.0), "uscc") for other in group[1:]]
    for group in by_name.values():
        if len({r.uscc for r in group if r.uscc}) == 1:
            anchor = next(r for r in group if r.uscc)
            sure += [(Edge(anchor.id, r.id, 0.99), "name") for r in group if not r.uscc]
    return sure
