"""Default segments and criteria; what a bank has changed stays."""

from __future__ import annotations

from datetime import date
from importlib import resources
from typing import Any

import yaml

from liti.groups.models import Criterion, Segment

_SINCE = date(1990, 1, 1)


def load() -> None:
    """Load segments.yaml and criteria.yaml; idempotent."""
    known = set(Segment.objects.values_list("code", flat=True))
    Segment.objects.bulk_create(
        [
            Segment(version=1, valid_from=_SINCE, **row)
            for row in _read("segments.yaml")
            if row["code"] not in known
        ]
    )
    criteria = [
        Criterion(position=position, **row)
        for position, row in enumerate(_read("criteria.yaml"), start=1)
    ]
    Criterion.objects.bulk_create(criteria, ignore_conflicts=True)


def _read(name: str) -> list[dict[str, Any]]:
    text = (resources.files("liti.groups") / name).read_text(encoding="utf-8")
    rows: list[dict[str, Any]] = yaml.safe_load(text)
    return rows
