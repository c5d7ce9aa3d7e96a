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


def render_reason(rules: Sequence[Mapping[str, Any]], facts: Mapping[str, int], lang: str) -> str:
    """The matched facts as a sentence; `lang` is zh or en."""
    parts = []
    for rule in rules:
        if rule["code"] in facts:
            value = facts[rule["code"]]
            shown = format_minor(value) if rule["unit"] == "money" else f"{value:,}"
            parts.append(rule[lang].format(value=shown))
    return ("；" if lang == "zh" else "; ").join(parts)
