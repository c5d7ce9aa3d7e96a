"""Clusters from pairs, with guards: what contradicts itself never ends in one party."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Edge:
    """Two records that a rule or the model holds for one party."""

    left: UUID
    right: UUID
    probability: float


@dataclass(frozen=True, slots=True)
class Traits:
    """What tells two people apart: records that contradict each other are never one.

    By record: a valid identity, a birth date (ISO), a sex; nothing where it is not known.
    """

    identity: Mapping[UUID, str]
    birth: Mapping[UUID, str] = field(default_factory=dict)
    sex: Mapping[UUID, str] = field(default_factory=dict)


@dataclass(slots=True)
class Clusters:
    """Union-find that refuses a union joining what contradicts itself, or a forbidden pair.

    The whole clusters are compared, so that no record without a birth date bridges a father
    and a son.
    """

    traits: Traits
    forbidden: Mapping[UUID, set[UUID]]
    parent: dict[UUID, UUID] = field(default_factory=dict)
    members: dict[UUID, set[UUID]] = field(default_factory=dict)
    identities: dict[UUID, set[str]] = field(default_factory=dict)
    births: dict[UUID, set[str]] = field(default_factory=dict)
    sexes: dict[UUID, set[str]] = field(default_factory=dict)

    def find(self, record: UUID) -> UUID:
        """The cluster of a record; unseen records are clusters of their own."""
        if record not in self.parent:
            self.parent[record] = record
            self.members[record] = {record}
            traits = self.traits
            for kept, known in (
                (self.identities, traits.identity),
                (self.births, traits.birth),
                (self.sexes, traits.sex),
            ):
                value = known.get(record)
                kept[record] = {value} if value else set()
            return record
        root = record
        while self.parent[root] != root:
            root = self.parent[root]
        while self.parent[record] != root:
            self.parent[record], record = root, self.parent[record]
        return root

    def join(self, left: UUID, right: UUID) -> bool:
        """Join two clusters unless a guard forbids it."""
        a, b = self.find(left), self.find(right)
        if a == b:
            return True
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        if self._contradict(a, b):
            return False
        if any(self.forbidden.get(m, set()) & self.members[a] for m in self.members[b]):
            return False
        self.parent[b] = a
        self.members[a] |= self.members.pop(b)
        for known in (self.identities, self.births, self.sexes):
            known[a] |= known.pop(b)
        return True

    def _contradict(self, a: UUID, b: UUID) -> bool:
        return (
            len(self.identities[a] | self.identities[b]) > 1
            or len(self.sexes[a] | self.sexes[b]) > 1
            or any(not near_day(x, y) for x in self.births[a] for y in self.births[b])
        )


def near_day(left: str, right: str) -> bool:
    """Whether two ISO dates may be one day written twice: equal, one digit wrong, two digits
    next to each other swapped, or day and month swapped."""
    if left == right or (left[:4] == right[:4] and left[5:] == f"{right[8:]}-{right[5:7]}"):
        return True
    x, y = left.replace("-", ""), right.replace("-", "")
    wrong = [n for n, (p, q) in enumerate(zip(x, y, strict=False)) if p != q]
    if len(x) != len(y) or len(wrong) > 2:
        return False
    if len(wrong) == 1:
        # Another decade or century is another person: fathers and sons differ by such a digit.
        return wrong[0] >= 3
    first, second = wrong
    return second == first + 1 and x[first] == y[second] and x[second] == y[first]


def clusters_of(
    records: Iterable[UUID],
    edges: Iterable[Edge],
    traits: Traits,
    forbidden: Iterable[tuple[UUID, UUID]] = (),
) -> tuple[list[list[UUID]], list[Edge]]:
    """Surest pairs first. Returns the clusters and the edges that a guard refused."""
    barred: dict[UUID, set[UUID]] = {}
    for left, right in forbidden:
        barred.setdefault(left, set()).add(right)
        barred.setdefault(right, set()).add(left)
    clusters = Clusters(traits, barred)
    for record in records:
        clusters.find(record)
    refused = [
        edge
        for edge in sorted(edges, key=lambda e: (-e.probability, e.left, e.right))
        if not clusters.join(edge.left, edge.right)
    ]
    return [sorted(m) for m in clusters.members.values()], refused
