"""The first offers of a new bank."""

from __future__ import annotations

from datetime import date
from importlib import resources

import yaml

from liti.outreach.models import Offer

SINCE = date(2018, 8, 15)


def load() -> None:
    """Load data/offers.yaml; what a bank has changed stays."""
    text = (resources.files("liti.outreach") / "data" / "offers.yaml").read_text("utf-8")
    known = set(Offer.objects.values_list("code", flat=True))
    Offer.objects.bulk_create(
        [Offer(valid_from=SINCE, **r) for r in yaml.safe_load(text) if r["code"] not in known]
    )
