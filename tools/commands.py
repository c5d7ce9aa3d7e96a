"""The matrix of the docs: every command, who may call it, and the doors that lead to it."""

from __future__ import annotations

import importlib
import os
import pkgutil
from typing import Any

EDGES = ("liti.site.urls", "liti.site.doors")
# The invented bank's own making: no face of the product.
SAMPLE = "sample."
# Views of the console that are marked one by one; all else there is declared.
CONSOLE_VIEWS = frozenset({"order", "propose", "approval", "close", "delivery_page"})
# What staff may do and the console does not show, each with the place where it is done.
ELSEWHERE: dict[str, str] = {
    "day.close_days": "by itself at the cut-off, on the day's page, or by `liti day close`",
    "day.keep_calendars": "a step of the day",
    "day.load_calendar": "by `liti day calendar load`, from a file of the year",
    "day.load_published": "by `liti day calendar load`, from the packages",
    "groups.refresh": "a step of the day; again by `liti groups refresh`",
    "insight.build_features": "a step of the day; again by `liti insight features`",
    "insight.export_history": "a step of the day; again by `liti insight export`",
    "market.assess": "the customer's own word, on his own phone",
    "market.quote_order": "the desk's order asks by itself; the customer sees the quote",
    "market.settle_orders": "a step of the day; again by `liti market settle`",
    "parties.match_all": "the console starts it in the background (`parties.start_matching`)",
    "payments.resolve_undecided": "every minute by itself; again by `liti payments resolve`",
    "payments.top_up": "the customer's own phone, or `liti payments top-up`",
    "payments.withdraw": "the customer's own phone, or `liti payments withdraw`",
    "wealth.distribute_due": "a step of the day",
    "wealth.distribute_income": "a step of the day",
}


def load() -> None:
    """Load every edge, so that all declarations and doors are known."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
    importlib.import_module("django").setup()
    for module in EDGES:
        importlib.import_module(module)
    for found in pkgutil.iter_modules(importlib.import_module("liti.cli").__path__):
        importlib.import_module(f"liti.cli.{found.name}")


def is_command(declaration: Any) -> bool:
    """A command of the product: no reading, not the sample's own, not a test's."""
    ours = declaration.function.__module__.startswith("liti.")
    return ours and not declaration.reads and not declaration.name.startswith(SAMPLE)


def drawn() -> str:
    """The table, commands by room: staff by role, the other kinds, doors or the reason."""
    load()
    authority = importlib.import_module("liti.core.authority")
    doors = importlib.import_module("liti.core.doors")
    reasons = doors.reasons()
    rows = ["| command | staff | customer | client | jobs | doors |", "| --- " * 6 + "|"]
    for declaration in authority.declarations():
        if not is_command(declaration):
            continue
        found = [f"{d.edge} `{d.name}`" for d in doors.doors_of(declaration.name)]
        places = "<br>".join(found) or f"– {reasons.get(declaration.name, '')}"
        if note := ELSEWHERE.get(declaration.name):
            places = f"{places}<br>{note}" if found else note
        client = declaration.client
        rows.append(
            f"| `{declaration.name}` | {_words(declaration.staff)} "
            f"| {'own' if declaration.customer else '–'} "
            f"| {f'`{client.scope}`' if client and client.scope else 'own' if client else '–'} "
            f"| {_words(declaration.system)} | {places} |"
        )
    return "\n".join(rows)


def _words(names: frozenset[str]) -> str:
    return ", ".join(name.replace("_", " ") for name in sorted(names)) or "–"
