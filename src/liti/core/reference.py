"""Reference data: every room's parameters and rows that must exist before business begins."""

from __future__ import annotations

import importlib
import importlib.util

from django.conf import settings
from django.db import transaction

from liti.core import params


@transaction.atomic
def load_all() -> int:
    """Load parameters and reference rows of all rooms, from the ground up; idempotent.

    A room takes part by a `parameters.yaml` and by a module `reference` with `load()`.
    Returns how many rooms had something to load.
    """
    loaded = 0
    for room in settings.LITI_ROOMS:
        package = f"liti.{room}"
        found = params.load(package)
        if package != "liti.core" and importlib.util.find_spec(f"{package}.reference"):
            importlib.import_module(f"{package}.reference").load()
            found += 1
        loaded += bool(found)
    return loaded
