"""Writing events: in the transaction that made them true, with a row for each that hears."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction

from liti.core.bulk import prepared_cursor
from liti.core.context import current_actor
from liti.core.events.registry import hearers
from liti.core.ids import uuid7

TYPE_MAX, KEY_MAX, ACTOR_MAX = 80, 120, 150
_NAMED = re.compile(r"[a-z_]+:\S(.*\S)?")

# The keys come first, in their order, so that two transactions never wait for each other's;
# nextval comes after the key's lock, so that its numbers ascend as the transactions commit.
# What hears is due from now on; the clock is read under the lock too, so for one key the
# moments ascend with the numbers.
_WRITE = """
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[])
        WITH ORDINALITY AS g(id, type, key, payload, place)
), locked AS MATERIALIZED (
    INSERT INTO core_eventkey (key, used_at)
    SELECT key, clock_timestamp() FROM (SELECT DISTINCT key FROM given ORDER BY key) AS keys
    ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at
    RETURNING key
), numbered AS MATERIALIZED (
    SELECT ordered.*, nextval('core_event_seq') AS seq, clock_timestamp() AS at
        FROM (SELECT g.* FROM given g JOIN locked USING (key) ORDER BY g.place) AS ordered
), written AS (
    INSERT INTO core_event
        (id, type, key, seq, payload, occurred_at, actor_kind, actor, actor_id)
    SELECT id, type, key, seq, payload::jsonb, at, %s::text, %s::text, %s::uuid FROM numbered
)
INSERT INTO core_delivery
    (handler, key, seq, event_id, state, due_at, attempts, last_error, decided_by, reason)
SELECT heard.handler, n.key, n.seq, n.id, 'waiting', n.at, 0, '', '', ''
    FROM numbered n JOIN unnest(%s::text[], %s::text[]) AS heard(type, handler) USING (type)
    ORDER BY n.seq
"""

_after_emit: list[Callable[[], None]] = []


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event to be written (see `emit`)."""

    type: str
    key: str
    payload: dict[str, Any]


def emit(type: str, key: str, payload: dict[str, Any]) -> UUID:
    """Write an event in the current transaction.

    `key` names one thing, whose events are delivered in the order of their commits: a UUID,
    or `<kind>:<code>` where the code alone could be another thing's (`fund:LTYEB1`,
    `product:LTYEB1`). From here to the commit nobody else emits for that key. `payload` must
    be JSON (ids as text, dates as ISO 8601, money in minor units).
    """
    return emit_many([NewEvent(type, key, payload)])[0]


def emit_many(events: Sequence[NewEvent]) -> list[UUID]:
    """Write events as one set, in their order; one statement however many there are."""
    if not events:
        return []
    for event in events:
        _check(event)
    ids = [uuid7() for _ in events]
    heard = [(type, name) for type in {e.type for e in events} for name in hearers(type)]
    actor = current_actor()
    # One statement, so it is a transaction by itself where the caller has none.
    with prepared_cursor() as cursor:
        cursor.execute(
            _WRITE,
            [
                ids,
                [e.type for e in events],
                [e.key for e in events],
                [json.dumps(e.payload, cls=DjangoJSONEncoder) for e in events],
                actor.kind,
                actor.doer[:ACTOR_MAX],
                actor.id,
                [type for type, _name in heard],
                [name for _type, name in heard],
            ],
        )
        if heard:
            _ring_at_commit()
    return ids


def on_emit(hook: Callable[[], None]) -> None:
    """Called after the commit of a transaction that wrote events (the worker's bell)."""
    _after_emit.append(hook)


def ring() -> None:
    """Tell everybody who waits for events that there are some."""
    for hook in _after_emit:
        hook()


def _ring_at_commit() -> None:
    """Once per transaction; again only where the ring that is asked for stands in a savepoint
    that could be rolled back without us."""
    around = set(connection.savepoint_ids)
    asked = (set(hook[0]) for hook in connection.run_on_commit if hook[1] is ring)
    if not any(savepoints <= around for savepoints in asked):
        transaction.on_commit(ring, robust=True)


def _check(event: NewEvent) -> None:
    assert 0 < len(event.type) <= TYPE_MAX, event.type
    named = _is_uuid(event.key) or _NAMED.fullmatch(event.key)
    assert named, f"{event.type}: key {event.key!r} is neither a UUID nor <kind>:<code>"
    assert len(event.key) <= KEY_MAX, event.key


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
