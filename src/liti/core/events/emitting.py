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
# nextval comes after all keys' locks, so that its numbers ascend as the transactions commit.
# What hears is due from now on; the clock is read under the lock too, so for one key the
# moments ascend with the numbers. A key that is there is locked and not written: once a day
# is often enough for its removal by age.
_LOCK = """
    ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at
        WHERE held.used_at < excluded.used_at - interval '1 day'
    RETURNING key
"""
_EVENT = "core_event (id, type, key, seq, payload, occurred_at, actor_kind, actor, actor_id)"
_DELIVERY = """core_delivery
    (handler, key, seq, event_id, state, due_at, attempts, last_error, decided_by, reason)
"""
_WRITE = f"""
WITH given AS MATERIALIZED (
    SELECT * FROM unnest(%(ids)s::uuid[], %(types)s::text[], %(keys)s::text[], %(payloads)s::text[])
        WITH ORDINALITY AS g(id, type, key, payload, place)
), locked AS MATERIALIZED (
    INSERT INTO core_eventkey AS held (key, used_at)
    SELECT key, clock_timestamp() FROM (SELECT DISTINCT key FROM given ORDER BY key) AS keys
    {_LOCK}
), numbered AS MATERIALIZED (
    SELECT ordered.*, nextval('core_event_seq') AS seq, clock_timestamp() AS at
        FROM (SELECT g.* FROM given g, (SELECT count(*) FROM locked) AS all_locked
            ORDER BY g.place) AS ordered
), written AS (
    INSERT INTO {_EVENT}
    SELECT id, type, key, seq, payload::jsonb, at, %(kind)s::text, %(doer)s::text,
        %(actor_id)s::uuid FROM numbered
)
INSERT INTO {_DELIVERY}
SELECT heard.handler, n.key, n.seq, n.id, 'waiting', n.at, 0, '', '', ''
    FROM numbered n JOIN unnest(%(heard)s::text[], %(handlers)s::text[]) AS heard(type, handler)
        USING (type)
    ORDER BY n.seq
"""
# The same for a single event: two thirds of the server's work.
_WRITE_ONE = f"""
WITH locked AS MATERIALIZED (
    INSERT INTO core_eventkey AS held (key, used_at) VALUES (%(key)s::text, clock_timestamp())
    {_LOCK}
), numbered AS MATERIALIZED (
    SELECT nextval('core_event_seq') AS seq, clock_timestamp() AS at
        FROM (SELECT count(*) FROM locked) AS all_locked
), written AS (
    INSERT INTO {_EVENT}
    SELECT %(id)s::uuid, %(type)s::text, %(key)s::text, seq, %(payload)s::jsonb, at,
        %(kind)s::text, %(doer)s::text, %(actor_id)s::uuid FROM numbered
)
INSERT INTO {_DELIVERY}
SELECT handler, %(key)s::text, n.seq, %(id)s::uuid, 'waiting', n.at, 0, '', '', ''
    FROM numbered n, unnest(%(handlers)s::text[]) AS handler
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
    # One statement, so it is a transaction by itself where the caller has none.
    with prepared_cursor() as cursor:
        if len(events) == 1:
            cursor.execute(_WRITE_ONE, _arguments_of_one(ids[0], events[0], heard))
        else:
            cursor.execute(_WRITE, _arguments(ids, events, heard))
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


def _arguments(
    ids: Sequence[UUID], events: Sequence[NewEvent], heard: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "ids": ids,
        "types": [e.type for e in events],
        "keys": [e.key for e in events],
        "payloads": [_json(e.payload) for e in events],
        "heard": [type for type, _name in heard],
        "handlers": [name for _type, name in heard],
        **_whose(),
    }


def _arguments_of_one(
    id: UUID, event: NewEvent, heard: Sequence[tuple[str, str]]
) -> dict[str, Any]:
    return {
        "id": id,
        "type": event.type,
        "key": event.key,
        "payload": _json(event.payload),
        "handlers": [name for _type, name in heard],
        **_whose(),
    }


def _whose() -> dict[str, Any]:
    actor = current_actor()
    return {"kind": actor.kind, "doer": actor.doer[:ACTOR_MAX], "actor_id": actor.id}


def _json(payload: dict[str, Any]) -> str:
    return json.dumps(payload, cls=DjangoJSONEncoder)


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
