"""Classes of limits and their dated rules."""

from __future__ import annotations

from collections.abc import Iterable

from liti.ledger.models import LimitClass


def class_ids(codes: Iterable[str]) -> dict[str, int]:
    """The number of each class; a new one gets the next."""
    wanted = sorted(set(codes))
    if not wanted:
        return {}
    LimitClass.objects.bulk_create([LimitClass(code=c) for c in wanted], ignore_conflicts=True)
    return dict(LimitClass.objects.filter(code__in=wanted).values_list("code", "id"))
