"""Reference data: every room's parameters and rows that must exist before business begins."""

from __future__ import annotations

import importlib
import importlib.util

from django.conf import settings
from django.contrib.auth.models import Group
from django.db import transaction

from liti.core import params
from liti.core.roles import ROLES


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
        if importlib.util.find_spec(f"{package}.reference"):
            importlib.import_module(f"{package}.reference").load()
            found += 1
        loaded += bool(found)
    return loaded


def load() -> None:
    """The shared kernel's own: roles."""
    Group.objects.bulk_create([Group(name=name) for name in ROLES], ignore_conflicts=True)
