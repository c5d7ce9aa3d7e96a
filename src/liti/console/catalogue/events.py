"""Deliveries that did not go well: what, why, since when, how many wait behind."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liti.console.resources import Column, Filter, Query, Resource, register
from liti.core import delivery
from liti.core.delivery import DeliveryView, Standing
from liti.core.delivery.letters import BEHIND_MAX, READS

STATES = [
    ("dead", _("Dead letter")),
    ("waiting", _("Waiting")),
    ("given_up", _("Given up")),
]


def _deliveries(query: Query) -> Sequence[DeliveryView]:
    return delivery.deliveries(
        state=query.filters.get("state", ""),
        handler=query.filters.get("handler", ""),
        order=query.order,
        offset=query.offset,
        limit=query.limit,
    )


def _count(query: Query, most: int) -> int:
    return delivery.count_deliveries(
        state=query.filters.get("state", ""), handler=query.filters.get("handler", ""), most=most
    )


def _names() -> list[tuple[str, str]]:
    """Handlers that are, and those that are gone while something waits for them."""
    return [(line.handler, line.handler) for line in delivery.standings()]


def _standings(_query: Query) -> Sequence[Standing]:
    return delivery.standings()


def behind(row: DeliveryView) -> str:
    """How many wait behind it; "1,000+" where they were not all counted."""
    return f"{row.behind:,}{'+' if row.behind >= BEHIND_MAX else ''}"


def _handler_state(row: Standing) -> str:
    if not row.has_handler:
        return "missing"
    return "dead" if row.dead else "paused" if row.paused else "active"


def payload(row: DeliveryView) -> str:
    """The event's content, for engineers."""
    return json.dumps(row.payload, ensure_ascii=False, indent=2, sort_keys=True)


register(
    Resource(
        name="deliveries",
        title=_("Event deliveries"),
        group="house",
        icon="alert",
        roles=READS,
        order=82,
        about=_("What a handler could not handle. It holds its key until it is decided."),
        filters=[
            Filter("state", _("All that did not go well"), lambda: STATES),
            Filter("handler", _("All handlers"), _names),
        ],
        columns=[
            Column("type", _("Event"), "mono", sorts=True),
            Column("handler", _("Handler"), "mono", sorts=True),
            Column("key", pgettext_lazy("event", "Key"), "mono", sorts=True),
            Column("state", _("State"), "badge", sorts=True),
            Column("attempts", _("Attempts"), "number", sorts=True),
            Column("behind", _("Behind it"), value=behind),
            Column("occurred_at", _("Happened"), "moment", sorts=True),
            Column("failed_at", _("Failed last"), "moment", sorts=True),
            Column("last_error", _("Why"), value=lambda d: d.last_error[:120]),
        ],
        fetch=_deliveries,
        total=_count,
        link=lambda d: reverse("console:delivery", args=[d.id]),
        empty=_("Every event was handled"),
        hint=_("What fails is tried again after a pause, and shown here meanwhile."),
        count=delivery.count_dead,
    ),
    Resource(
        name="handlers",
        title=_("Event handlers"),
        group="house",
        icon="activity",
        roles=READS,
        order=83,
        about=_("Who hears which events, and how much waits for each."),
        columns=[
            Column("handler", _("Handler"), "mono"),
            Column("state", _("State"), "badge", value=_handler_state),
            Column("types", _("Hears"), "mono", value=lambda s: ", ".join(s.types)),
            Column("waiting", _("Waiting"), "number"),
            Column("paused", _("Paused"), "number"),
            Column("dead", _("Dead letters"), "number"),
            Column("oldest", _("Oldest"), "moment"),
        ],
        whole=_standings,
        link=lambda s: f"{reverse('console:list', args=['deliveries'])}?handler={s.handler}",
        empty=_("No handler yet"),
    ),
)
