"""UUIDv7 ids (RFC 9562): time-ordered, so that an index grows at its right edge."""

from __future__ import annotations

import hashlib
import re
import secrets
import threading
import time
from datetime import date, datetime
from uuid import UUID

_lock = threading.Lock()
_last = 0

_VERSION = 0x7 << 76
_VARIANT = 0x2 << 62
_CLEAR = (1 << 128) - 1 - (0xF << 76) - (0x3 << 62)


def uuid7() -> UUID:
    """A new id. Ids of one process ascend strictly (12 bits below the millisecond)."""
    global _last
    nanoseconds = time.time_ns()
    tick = (nanoseconds // 1_000_000 << 12) | (nanoseconds % 1_000_000 * 4096 // 1_000_000)
    with _lock:
        _last = tick = max(tick, _last + 1)
    milliseconds, fraction = tick >> 12, tick & 0xFFF
    value = milliseconds << 80 | fraction << 64 | secrets.randbits(62)
    return UUID(int=value & _CLEAR | _VERSION | _VARIANT)


def uuid7_at(at: datetime, *key: object) -> UUID:
    """The id of a known thing: the same moment and key give the same id, on every run.

    Used where work can be repeated after a break (imports, simulation): what is already
    there is recognised. The key fills the 74 free bits by SHA-256.
    """
    milliseconds = int(at.timestamp() * 1000)
    digest = hashlib.sha256("\x1f".join(map(str, key)).encode()).digest()
    value = milliseconds << 80 | int.from_bytes(digest[:10])
    return UUID(int=value & _CLEAR | _VERSION | _VARIANT)


def uuid7_from(milliseconds: int, bits: int) -> UUID:
    """An id from a moment and 74 bits of the caller's own seeded chance (simulation)."""
    value = milliseconds << 80 | bits >> 62 << 64 | bits & ((1 << 62) - 1)
    return UUID(int=value & _CLEAR | _VERSION | _VARIANT)


def reference(letter: str, on: date, id: UUID) -> str:
    """What people read out of a thing: its kind, its day and twelve digits of its id."""
    return f"{letter}{on:%Y%m%d}{id.int % 10**12:012d}"


def reference_in(letter: str, text: str) -> tuple[date, int] | None:
    """The day and the id's last twelve digits of a whole `reference`; None for anything else."""
    found = re.fullmatch(rf"{letter}(\d{{8}})(\d{{12}})", text.strip().upper(), re.ASCII)
    if found is None:
        return None
    try:
        return date.fromisoformat(found[1]), int(found[2])
    except ValueError:
        return None


def whole_id(text: str) -> UUID | None:
    """The id that a typed text is, with or without hyphens; None where it is anything else."""
    wanted = text.strip()
    if not wanted.isascii() or len(wanted) not in (32, 36):
        return None
    try:
        return UUID(wanted)
    except ValueError:
        return None
