"""The outbox: events are written in the transaction that made them true, and delivered later.

Delivery is at least once and in order of writing; a handler must be idempotent. A handler
that fails keeps its event in the outbox, with the error; the others go on.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from liti.core.clock import now
from liti.core.context import acting, job
from liti.core.ids import uuid7
from liti.core.models import Event

log = logging.getLogger(__name__)
MAX_ATTEMPTS = 8


@dataclass(frozen=True, slots=True)
class EventView:
    """What a subscriber sees."""

    id: UUID
    type: str
    key: str
    payload: dict[str, Any]
    occurred_at: datetime


Handler = Callable[[EventView], None]
_handlers: dict[str, list[Handler]] = {}
_after_emit: list[Callable[[], None]] = []


def emit(type: str, key: str, payload: dict[str, Any]) -> UUID:
    """Write an event in the current transaction. `key` names the thing it is about.

    `payload` must be JSON (ids as text, dates as ISO 8601, money in minor units).
    """
    event = Event.objects.create(id=uuid7(), type=type, key=str(key), payload=payload)
    for hook in _after_emit:
        transaction.on_commit(hook, robust=True)
    return event.id


def subscribe(*types: str) -> Callable[[Handler], Handler]:
    """Declare a handler; rooms do so in their events.py."""

    def register(handler: Handler) -> Handler:
        for type in types:
            handlers = _handlers.setdefault(type, [])
            if handler not in handlers:
                handlers.append(handler)
        return handler

    return register


def on_emit(hook: Callable[[], None]) -> None:
    """Called after the commit of a transaction that wrote events (the worker's bell)."""
    _after_emit.append(hook)


def deliver_pending(limit: int = 1000) -> int:
    """Deliver what waits, oldest first; returns how many were delivered.

    Several workers may run it: each takes rows that no other holds.
    """
    delivered = 0
    while delivered < limit:
        with transaction.atomic():
            rows = list(
                Event.objects.select_for_update(skip_locked=True)
                .filter(delivered_at=None, attempts__lt=MAX_ATTEMPTS)
                .order_by("id")[: min(100, limit - delivered)]
            )
            for row in rows:
                delivered += _deliver(row)
        if not rows or not any(r.delivered_at for r in rows):
            break
    return delivered


def _deliver(row: Event) -> int:
    view = EventView(row.id, row.type, row.key, row.payload, row.occurred_at)
    try:
        with transaction.atomic():
            for handler in _handlers.get(row.type, []):
                room = handler.__module__.removeprefix("liti.").partition(".")[0]
                with acting(job(f"{room}.{handler.__name__}")):
                    handler(view)
    except Exception as error:  # a subscriber's fault must not stop the others
        row.attempts += 1
        row.last_error = f"{type(error).__name__}: {error}"[:2000]
        row.save(update_fields=["attempts", "last_error"])
        log.exception("event %s (%s) was not handled", row.id, row.type)
        return 0
    row.delivered_at = now()
    row.save(update_fields=["delivered_at"])
    return 1
