"""The default split policy."""

from __future__ import annotations

from datetime import date
from importlib import resources

import yaml

from liti.attribution.models import SplitPolicy

SINCE = date(2018, 8, 15)


def load() -> None:
    """Load data/policies.yaml; what a bank has changed stays."""
    text = (resources.files("liti.attribution") / "data" / "policies.yaml").read_text("utf-8")
    known = set(SplitPolicy.objects.values_list("code", flat=True))
    SplitPolicy.objects.bulk_create(
        [SplitPolicy(valid_from=SINCE, **r) for r in yaml.safe_load(text) if r["code"] not in known]
    )
