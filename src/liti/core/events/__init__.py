"""The outbox: events are written in the transaction that made them true, with a row for each
handler that hears them; `core.delivery` delivers them. See docs/events.md."""

from liti.core.events.emitting import NewEvent, emit, emit_many, on_emit, ring
from liti.core.events.registry import (
    EventView,
    Handler,
    handler,
    handlers,
    subscribe,
    subscribe_batch,
    unsubscribe,
)

__all__ = [
    "EventView",
    "Handler",
    "NewEvent",
    "emit",
    "emit_many",
    "handler",
    "handlers",
    "on_emit",
    "ring",
    "subscribe",
    "subscribe_batch",
    "unsubscribe",
]
