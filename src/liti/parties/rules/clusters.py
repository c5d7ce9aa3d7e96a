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


@dataclass(slots=True)
class Clusters:
    """Union-find that refuses a union joining two valid identities or a forbidden pair."""

    identity: Mapping[UUID, str]
    forbidden: Mapping[UUID, set[UUID]]
    parent: dict[UUID, UUID] = field(default_factory=dict)
    members: dict[UUID, set[UUID]] = field(default_factory=dict)
    identities: dict[UUID, set[str]] = field(default_factory=dict)

    def find(self, record: UUID) -> UUID:
        """The cluster of a record; unseen records are clusters of their own."""
        if record not in self.parent:
            self.parent[record] = record
            self.members[record] = {record}
            number = self.identity.get(record)
            self.identities[record] = {number} if number else set()
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
        if len(self.identities[a] | self.identities[b]) > 1:
            return False
        if any(self.forbidden.get(m, set()) & self.members[a] for m in self.members[b]):
            return False
        self.parent[b] = a
        self.members[a] |= self.members.pop(b)
        self.identities[a] |= self.identities.pop(b)
        return True


def clusters_of(
    records: Iterable[UUID],
    edges: Iterable[Edge],
    identity: Mapping[UUID, str],
    forbidden: Iterable[tuple[UUID, UUID]] = (),
) -> tuple[list[list[UUID]], list[Edge]]:
    """Surest pairs first. Returns the clusters and the edges that a guard refused."""
    barred: dict[UUID, set[UUID]] = {}
    for left, right in forbidden:
        barred.setdefault(left, set()).add(right)
        barred.setdefault(right, set()).add(left)
    clusters = Clusters(identity, barred)
    for record in records:
        clusters.find(record)
    refused = [
        edge
        for edge in sorted(edges, key=lambda e: (-e.probability, e.left, e.right))
        if not clusters.join(edge.left, edge.right)
    ]
    return [sorted(m) for m in clusters.members.values()], refused
