"""The contact policy said a second time, in plain Python, to hold the one in SQL against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from liti.outreach.policy import Policy


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
    """Why the person may not be contacted on the day by what was said to them before."""
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
