"""Matching alone, by size: the departments' files of invented people, read, matched, scored.

The truth is known because the same generator wrote it. Each size runs once in a database of its
own: reading the files is not counted, matching is everything from the records to the parties.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from benchmarks import database
from liti.core.context import acting, job
from liti.parties import services
from liti.sample import people
from liti.sample.demo import SOURCES, found_clusters
from liti.sample.score import score

RECORDS = (12_000, 30_000, 100_000)
RECORDS_PER_CUSTOMER = 2.1


@dataclass(frozen=True, slots=True)
class Size:
    """One run: how many records, how right (pairs), how long."""

    records: int
    parties: int
    precision: float
    recall: float
    for_review: int
    conflicts: int
    seconds: float


def measure(sizes: Iterable[int] = RECORDS) -> list[Size]:
    """Match files of about so many records each."""
    found = []
    for size in sizes:
        with database.own_database(whole=True), acting(job("demo.bench")):
            found.append(_measure(round(size / RECORDS_PER_CUSTOMER)))
        print(f"{found[-1].records:,} records: {found[-1].seconds:,.0f} s", file=sys.stderr)
    return found


def _measure(customers: int) -> Size:
    with tempfile.TemporaryDirectory(prefix="liti-bench-") as name:
        folder = Path(name)
        people.write_files(folder, customers=customers)
        for source, file in SOURCES.items():
            services.import_source(source, folder / file)
        report = services.match_all()
        scores = score(found_clusters(), folder / "truth.csv")
    return Size(
        records=report.records,
        parties=report.parties,
        precision=scores.precision,
        recall=scores.recall,
        for_review=report.for_review,
        conflicts=report.conflicts,
        seconds=report.seconds,
    )


def table(sizes: Iterable[Size]) -> str:
    """Markdown, fit for docs/faults.md."""
    heads = ("records", "parties", "precision", "recall", "for review", "conflicts", "seconds")
    rows = [
        f"| {s.records:,} | {s.parties:,} | {s.precision:.4f} | {s.recall:.4f} "
        f"| {s.for_review:,} | {s.conflicts:,} | {s.seconds:,.0f} |"
        for s in sizes
    ]
    return "\n".join(["| " + " | ".join(heads) + " |", "|" + " ---: |" * len(heads), *rows])
