"""The states of the plan and its items, the channels, quiet hours: pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import time
from typing import Any

from liti.core.money import format_minor
from liti.core.states import StateMachine

PLAN_STATES = StateMachine(
    "outreach.plan",
    {
        "drafted": ("proposed", "superseded"),
        "proposed": ("released", "drafted", "superseded"),
        "released": (),
        "superseded": (),
    },
)
ITEM_STATES = StateMachine(
    "outreach.item",
    {
        "planned": ("sent", "responded", "expired"),
        "sent": ("responded", "expired"),
        "responded": (),
        "expired": (),
    },
)


def is_quiet(at: time, quiet_from: time, quiet_to: time) -> bool:
    """Whether nothing may be sent at this time of the bank's day; the span may pass midnight."""
    if quiet_from <= quiet_to:
        return quiet_from <= at < quiet_to
    return at >= quiet_from or at < quiet_to


def render_fact(rule: Mapping[str, Any], value: int, lang: str) -> str:
    """A matched fact in a rule's words; `lang` is zh or en."""
    shown = format_minor(value) if rule["unit"] == "money" else f"{value:,}"
    return str(rule[lang].format(value=shown))


def render_reason(rules: Sequence[Mapping[str, Any]], facts: Mapping[str, int], lang: str) -> str:
    """The matched facts as a sentence; `lang` is zh or en."""
    parts = [render_fact(r, facts[r["code"]], lang) for r in rules if r["code"] in facts]
    return ("；" if lang == "zh" else "; ").join(parts)
