"""What a partner may see and do: pure decisions."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from liti.core.states import StateMachine


class PartnerStatus(StrEnum):
    """Where a partner enterprise stands."""

    APPLIED = "applied"
    LIVE = "live"
    SUSPENDED = "suspended"
    ENDED = "ended"


PARTNER_STATES = StateMachine(
    "partners.partner",
    {
        "applied": ("live", "ended"),
        "live": ("suspended", "ended"),
        "suspended": ("live", "ended"),
        "ended": (),
    },
)


class EnrolmentStatus(StrEnum):
    """What became of a partner's word that somebody is its member."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REPLACED = "replaced"
    LEFT = "left"


ENROLMENT_STATES = StateMachine(
    "partners.enrolment",
    {
        "waiting": ("confirmed", "declined", "replaced"),
        "confirmed": ("left",),
        "declined": (),
        "replaced": (),
        "left": (),
    },
)

SCOPES = ("members:write", "members:read", "shelf:read", "orders:write")
# What the bank's own systems may be given; a partner gets what its paradigm allows.
BANK_SCOPES = ("ledger:post", "ledger:read")
# What a partner may do for a customer only with that customer's recorded mandate.
MANDATED = ("orders:write",)
FIELD_LENGTHS = {"member_no": 60, "name": 80, "id_number": 30, "mobile": 30, "email": 120}
REQUIRED_FIELDS = ("member_no", "name", "mobile", "id_number")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row of a batch was left out."""

    row: int
    member_no: str
    field: str
    message: str


def content_hash(rows: Sequence[Mapping[str, Any]]) -> str:
    """Fingerprint of a batch: equal content gives an equal hash, whatever the key order."""
    text = json.dumps([dict(r) for r in rows], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def missing_fields(row: Mapping[str, Any]) -> list[str]:
    """Required fields that are empty."""
    return [name for name in REQUIRED_FIELDS if not str(row.get(name) or "").strip()]


def unreadable_fields(row: Mapping[str, Any]) -> list[str]:
    """Fields that are too long, or hold characters that no text can hold."""
    return [
        name
        for name, longest in FIELD_LENGTHS.items()
        if len(text := str(row.get(name) or "")) > longest or "\0" in text
    ]


def aggregate_visible(members: int, minimum: int) -> bool:
    """Whether a figure about a group may be shown to the enterprise.

    PIPL Art. 23 wants separate consent for giving personal data away; a figure about few
    people is personal data again, so below `minimum` nothing is shown.
    """
    return members >= minimum


def shown_status(status: str, expires_at: datetime, at: datetime) -> str:
    """What its partner sees of a request: no answer and a no look the same, at every moment."""
    if status in (EnrolmentStatus.CONFIRMED, EnrolmentStatus.LEFT):
        return status
    return "waiting" if at < expires_at else "expired"


def tells_nobody_apart(differences: Sequence[tuple[int, int]], minimum: int) -> bool:
    """Whether a crowd may be told of beside all earlier ones: of each, nobody or at least
    `minimum` people came, and nobody or at least `minimum` went."""
    return all(n == 0 or n >= minimum for pair in differences for n in pair)


def rounded(value: int, step: int) -> int:
    """To the nearest multiple of a step, halves up; a negative value by its amount."""
    if value < 0:
        return -rounded(-value, step)
    return (value + step // 2) // step * step
