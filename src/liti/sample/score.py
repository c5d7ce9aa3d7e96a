"""How good the matching is, against the truth that the generator wrote."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Scores:
    """Pairs of records that were put together, against those that belong together."""

    pairs_found: int
    pairs_true: int
    pairs_right: int

    @property
    def precision(self) -> float:
        return self.pairs_right / self.pairs_found if self.pairs_found else 1.0

    @property
    def recall(self) -> float:
        return self.pairs_right / self.pairs_true if self.pairs_true else 1.0

    @property
    def f1(self) -> float:
        total = self.precision + self.recall
        return 2 * self.precision * self.recall / total if total else 0.0


def score(clusters: Mapping[tuple[str, str], Hashable], truth_path: Path) -> Scores:
    """Score clusters by (source, key); records that were rejected count as not found."""
    with open(truth_path, encoding="utf-8", newline="") as file:
        truth = {(r["source"], r["key"]): r["entity"] for r in csv.DictReader(file)}
    known = {record: clusters[record] for record in truth if record in clusters}
    return Scores(
        pairs_found=_pairs(known.values()),
        pairs_true=_pairs(truth.values()),
        pairs_right=_pairs((known[record], truth[record]) for record in known),
    )


def _pairs(groups: Iterable[Hashable]) -> int:
    return sum(n * (n - 1) // 2 for n in Counter(groups).values())
