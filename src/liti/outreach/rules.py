"""Contact policy and the plan's states: pure. What one customer may get, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
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
CHANNELS = ("phone", "sms", "push")


@dataclass(frozen=True, slots=True)
class Policy:
    """The contact policy of a day, read once from the dated parameters."""

    per_7_days: int
    per_30_days: int
    channel_per_7_days: Mapping[str, int]
    no_reply_days: int
    refused_days: int
    capacity: Mapping[str, int]
    lift_bp: Mapping[str, int]
    cost_minor: Mapping[str, int]
    holdout_bp: int
    quiet_from: time
    quiet_to: time


@dataclass(frozen=True, slots=True)
class Past:
    """An earlier contact of the same person."""

    on: date
    product_code: str
    channel: str
    response: str = ""


def refusal(
    policy: Policy, past: Sequence[Past], *, on: date, product_code: str, channel: str
) -> str:
    """Why the person may not be contacted on the day, or an empty text. DOMAIN §8.8.

    The windows count the day itself: at most n contacts in any 7 (30) days. The plan asks
    the same in SQL (candidates.py); a test holds the two together.
    """
    days = {p: (on - p.on).days for p in past if p.on <= on}
    if any(age == 0 for age in days.values()):
        return "cap_day"
    same = {p: age for p, age in days.items() if p.product_code == product_code}
    if any(
        age < (policy.refused_days if p.response == "refused" else policy.no_reply_days)
        for p, age in same.items()
    ):
        return "product_window"
    week = [p for p, age in days.items() if age < 7]
    if len(week) >= policy.per_7_days:
        return "cap_7_days"
    if sum(age < 30 for age in days.values()) >= policy.per_30_days:
        return "cap_30_days"
    if sum(p.channel == channel for p in week) >= policy.channel_per_7_days[channel]:
        return "cap_channel"
    return ""


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
