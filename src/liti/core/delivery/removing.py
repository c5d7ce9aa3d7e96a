"""Removal by age: events that every handler has handled, given-up rows, keys out of use."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from liti.core import params
from liti.core.clock import now

CHUNK = 5_000
CHUNKS_MAX = 40

_GIVEN_UP = """
DELETE FROM core_delivery WHERE id IN (
    SELECT id FROM core_delivery WHERE state = 'given_up' AND decided_at < %s LIMIT %s)
"""
_EVENTS = """
DELETE FROM core_event WHERE id IN (
    SELECT id FROM core_event e WHERE occurred_at < %s
        AND NOT EXISTS (SELECT FROM core_delivery d WHERE d.event_id = e.id) LIMIT %s)
"""
# A key that is used meanwhile has another `used_at` when its lock is free: it stays.
_KEYS = """
DELETE FROM core_eventkey k WHERE used_at < %s AND key IN (
    SELECT key FROM core_eventkey k WHERE used_at < %s
        AND NOT EXISTS (SELECT FROM core_event e WHERE e.key = k.key) LIMIT %s)
"""


def remove_old() -> int:
    """Remove what is older than the bank keeps; returns how many rows went.

    A chunk a transaction, bounded: what is left goes in the next round.
    """
    kept = now() - timedelta(days=params.get("core.events.kept"))
    given_up_kept = now() - timedelta(days=params.get("core.events.given_up_kept"))
    removed = _in_chunks(_GIVEN_UP, given_up_kept)
    removed += _in_chunks(_EVENTS, kept)
    return removed + _in_chunks(_KEYS, kept, kept)


def _in_chunks(statement: str, *moments: object) -> int:
    removed = 0
    for _chunk in range(CHUNKS_MAX):
        with transaction.atomic(), connection.cursor() as wrapped:
            gone = wrapped.cursor.execute(statement, [*moments, CHUNK]).rowcount
        removed += gone
        if gone < CHUNK:
            break
    return removed
