"""What every page has to say about the data it shows."""

from __future__ import annotations

from django.core.cache import cache

from liti.core import runs

SAMPLE_RUN = "demo"
SECONDS = 60


def sample_bank_is_loaded() -> bool:
    """Whether a run of the sample bank is on record; asked of the database once a minute."""
    key = "liti.ui.sample_bank"
    known = cache.get(key)
    if known is None:
        known = bool(runs.steps(SAMPLE_RUN, limit=1))
        cache.set(key, known, SECONDS)
    return bool(known)
