"""Dead letters and what waits behind them: seen, tried again, or given up with a reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from liti.core.authority import command, query
from liti.core.clock import now
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput, NotFound
from liti.core.events import handler, handlers, ring
from liti.core.listing import count_to, ordered
from liti.core.models import Delivery
from liti.core.roles import roles
from liti.core.rules import DELIVERY_STATES

ROWS_MAX = 500
REASON_MAX = 500
BEHIND_MAX = 1_000
ORDERS = {
    "type": "event__type",
    **{n: n for n in ("handler", "key", "state", "attempts", "failed_at")},
    "occurred_at": "event__occurred_at",
}
LOOKS_AFTER = roles("engineer", "operation_head")
READS = LOOKS_AFTER | roles("auditor")

_BEHIND = """
SELECT count(*) FROM (SELECT FROM core_delivery
    WHERE handler = %s AND key = %s AND seq > %s AND state = 'waiting' LIMIT %s) AS behind
"""
_RELEASE = """
UPDATE core_delivery SET due_at = clock_timestamp()
    WHERE handler = %s AND key = %s AND seq >= %s AND state = 'waiting'
"""
_STANDINGS = """
SELECT handler, count(*) FILTER (WHERE state = 'waiting'),
    count(*) FILTER (WHERE state = 'dead'),
    count(*) FILTER (WHERE state = 'waiting' AND attempts > 0),
    min(e.occurred_at) FILTER (WHERE state <> 'given_up')
    FROM core_delivery d JOIN core_event e ON e.id = d.event_id GROUP BY handler
"""


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """A delivery that did not go well, waits, or was given up. `behind`: how many events of
    the same key wait for it (at most 1,000 are counted). `has_handler` is false where the
    handler was removed or renamed."""

    id: int
    handler: str
    has_handler: bool
    type: str
    key: str
    seq: int
    state: str
    attempts: int
    occurred_at: datetime
    due_at: datetime | None
    failed_at: datetime | None
    last_error: str
    actor: str
    payload: dict[str, Any]
    event_id: UUID
    behind: int
    decided_at: datetime | None
    decided_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with a handler: what waits, what is paused after a failure, what is dead."""

    handler: str
    has_handler: bool
    types: tuple[str, ...]
    waiting: int
    paused: int
    dead: int
    oldest: datetime | None


@query(staff=READS, system=("core", "check"))
def deliveries(
    *, state: str = "", handler: str = "", order: str = "", offset: int = 0, limit: int = 50
) -> list[DeliveryView]:
    """What did not go well: dead, paused after a failure, without a handler or given up,
    newest failure first. `state` narrows to dead, waiting (everything that waits) or
    given_up, `handler` to one; `order` is one of ORDERS."""
    found = ordered(_found(state, handler), order, ORDERS, tie="-id")
    return [_view(row) for row in found[offset : offset + min(limit, ROWS_MAX)]]


@query(staff=READS, system=("core", "check"))
def count_deliveries(*, state: str = "", handler: str = "", most: int = ROWS_MAX) -> int:
    """How many deliveries `deliveries` finds, counted to `most`."""
    return count_to(_found(state, handler), most)


def _found(state: str, handler: str) -> QuerySet[Delivery]:
    found = Delivery.objects.select_related("event")
    if handler:
        found = found.filter(handler=handler)
    if state:
        found = found.filter(state=state)
    else:
        known = [h.name for h in handlers()]
        found = found.exclude(state="waiting", attempts=0, handler__in=known)
    return found.order_by("-failed_at", "-id")


@query(staff=READS, system=("core", "check"))
def delivery(delivery_id: int) -> DeliveryView:
    """One delivery. Raises NotFound: it never was, or has been handled."""
    row = Delivery.objects.select_related("event").filter(id=delivery_id).first()
    if row is None:
        raise _unknown(delivery_id)
    return _view(row)


@query(staff=READS, system=("core", "check"))
def standings() -> list[Standing]:
    """Each handler with what waits for it, those too whose handler is gone."""
    with connection.cursor() as cursor:
        cursor.execute(_STANDINGS)
        counted = {name: rest for name, *rest in cursor.fetchall()}
    found = []
    for name in sorted({*counted, *(h.name for h in handlers())}):
        declared = handler(name)
        waiting, dead, paused, oldest = counted.get(name, (0, 0, 0, None))
        types = tuple(sorted(declared.types)) if declared else ()
        found.append(Standing(name, bool(declared), types, waiting, paused, dead, oldest))
    return found


def count_dead() -> int:
    """How many dead letters there are, for the menu."""
    return Delivery.objects.filter(state="dead").count()


@command(staff=LOOKS_AFTER, system=("core",))
@transaction.atomic
def retry_delivery(delivery_id: int) -> DeliveryView:
    """Try a dead or paused delivery again now, with all its attempts before it; what waits
    behind it goes on when it succeeds. Raises NotFound, Conflict for one that was given up."""
    row = _hold(delivery_id)
    if row.state != "waiting":
        DELIVERY_STATES.require(row.state, "waiting")
    Delivery.objects.filter(id=row.id).update(state="waiting", attempts=0)
    _release(row)
    return delivery(row.id)


@command(staff=LOOKS_AFTER, system=("core",))
@transaction.atomic
def give_up_delivery(delivery_id: int, reason: str) -> DeliveryView:
    """Let the handler never have this event; what waits behind it goes on.

    For dead letters, and for what has no handler any more; who gave up and why stays on the
    row. Raises NotFound, InvalidInput without a reason, Conflict for one that was given up or
    that its handler is still to try.
    """
    reason = reason.strip()
    if not 0 < len(reason) <= REASON_MAX or not reason.isprintable():
        raise InvalidInput(
            "core.reason_needed",
            _("A reason of 1 to %(max)d characters is needed.") % {"max": REASON_MAX},
        )
    row = _hold(delivery_id)
    DELIVERY_STATES.require(row.state, "given_up")
    if row.state == "waiting" and handler(row.handler) and not row.attempts:
        raise Conflict(
            "core.delivery_not_tried",
            _("%(handler)s has not tried this event yet.") % {"handler": row.handler},
            remedy=_("Wait until it has been tried."),
        )
    Delivery.objects.filter(id=row.id).update(
        state="given_up",
        due_at=None,
        decided_at=now(),
        decided_by=current_actor().doer[:150],
        reason=reason,
    )
    _release(row)
    return delivery(row.id)


def _release(row: Delivery) -> None:
    """What stands from here on in the key may be tried now."""
    with connection.cursor() as wrapped:
        wrapped.cursor.execute(_RELEASE, [row.handler, row.key, row.seq])
    transaction.on_commit(ring, robust=True)


def _hold(delivery_id: int) -> Delivery:
    row = Delivery.objects.select_for_update().filter(id=delivery_id).first()
    if row is None:
        raise _unknown(delivery_id)
    return row


def _unknown(delivery_id: int) -> NotFound:
    return NotFound(
        "core.unknown_delivery",
        _("There is no delivery %(id)s: perhaps it has been handled.") % {"id": delivery_id},
    )


def _view(row: Delivery) -> DeliveryView:
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [row.handler, row.key, row.seq, BEHIND_MAX])
        [behind] = cursor.fetchone()
    return DeliveryView(
        id=row.id,
        handler=row.handler,
        has_handler=handler(row.handler) is not None,
        type=row.event.type,
        key=row.key,
        seq=row.seq,
        state=row.state,
        attempts=row.attempts,
        occurred_at=row.event.occurred_at,
        due_at=row.due_at,
        failed_at=row.failed_at,
        last_error=row.last_error,
        actor=row.event.actor,
        payload=row.event.payload,
        event_id=row.event_id,
        behind=behind,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
    )
