"""A customer's record as of any day: what it said, where each value came from and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.authority import BATCHES, own, query
from liti.core.clock import BANK_ZONE, local_date
from liti.core.errors import InvalidInput, NotFound
from liti.core.roles import CUSTOMERS
from liti.parties.models import Merge, Party, SourceRecord, StatedValue
from liti.parties.rules import masking
from liti.parties.rules.golden import ATTRIBUTES

VERSIONS_MAX = 100
TITLES: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "id_number": gettext_lazy("ID number"),
    "uscc": gettext_lazy("Credit code"),
    "mobile": gettext_lazy("Mobile"),
    "email": gettext_lazy("E-mail"),
    "birth_date": gettext_lazy("Birth date"),
    "sex": gettext_lazy("Sex"),
    "address": gettext_lazy("Address"),
    "region_code": gettext_lazy("Region"),
}
_MASKS: dict[str, Callable[[str], str]] = {
    "name": masking.name,
    "id_number": masking.id_number,
    "mobile": masking.mobile,
    "email": masking.email,
    "address": masking.address,
}


@dataclass(frozen=True, slots=True)
class OtherValue:
    """What another source says of the same attribute today, masked."""

    source: str
    source_key: str
    value: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class ValueView:
    """One attribute, masked: the source it is from, the criterion that decided (`by`), how
    many of the records agree, and who says otherwise."""

    attribute: str
    title: str
    value: str
    source: str
    source_key: str
    seen_at: datetime | None
    by: str
    verified: bool
    agreeing: int
    of: int
    others: tuple[OtherValue, ...] = ()


@dataclass(frozen=True, slots=True)
class RecordView:
    """A record as of the end of a day. `merged_into`: the customer that it was by then."""

    party_id: UUID
    kind: str
    on: date
    values: tuple[ValueView, ...]
    merged_into: UUID | None = None


@dataclass(frozen=True, slots=True)
class ChangeView:
    """One change of one attribute, masked."""

    at: datetime
    attribute: str
    title: str
    before: str
    after: str
    source: str


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def record_on(party_id: UUID, on: date | None = None) -> RecordView:
    """What the record of this very id said at the end of a day (default: now), masked.

    For an id that had been merged away by then the record of the customer that it stood for.
    Raises NotFound for an id that nobody had on that day, InvalidInput for a day to come.
    """
    today = local_date()
    on = on or today
    if on > today:
        raise InvalidInput(
            "parties.record.future", _("The record of a day to come is not known."), field="on"
        )
    moment = datetime.combine(on + timedelta(days=1), time(), BANK_ZONE)
    asked = party_id
    for _step in range(VERSIONS_MAX):  # who was merged, and merged again
        heir = (
            Merge.objects.filter(was=party_id, at__lt=moment)
            .filter(Q(undone_at=None) | Q(undone_at__gte=moment))
            .values_list("heir", flat=True)
            .first()
        )
        if heir is None:
            break
        party_id = heir
    row = Party.objects.filter(id=party_id).first()
    if row is None or row.created_on > on:
        raise NotFound(
            "parties.record.unknown",
            _("There was no such customer on %(day)s.") % {"day": on},
            remedy=_("The record begins on the day when the customer came to be known."),
        )
    state = _versions(row, after=moment)[0]
    others = _others(party_id) if on == today else {}
    values = tuple(
        _value(state, attribute, others.get(attribute, ()))
        for attribute in ATTRIBUTES
        if state[attribute]
    )
    merged = party_id if party_id != asked else None
    return RecordView(party_id, row.kind, on, values, merged)


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def changes_of(party_id: UUID) -> list[ChangeView]:
    """Each change of the record of an id, newest first, masked. Raises NotFound."""
    row = Party.objects.filter(id=party_id).first()
    if row is None:
        raise NotFound("parties.party.unknown", _("There is no party %(id)s.") % {"id": party_id})
    states = _versions(row)
    found = []
    for before, after in pairwise(states):
        for attribute in ATTRIBUTES:
            if before[attribute] != after[attribute]:
                taken = after["provenance"].get(attribute, {})
                found.append(
                    ChangeView(
                        before["until"], attribute, str(TITLES[attribute]),
                        _shown(row.kind, attribute, before[attribute]),
                        _shown(row.kind, attribute, after[attribute]),
                        str(taken.get("source", "")),
                    )
                )  # fmt: skip
    return found[::-1][:VERSIONS_MAX]


def _versions(row: Party, after: datetime | None = None) -> list[dict[str, Any]]:
    """The record's states in their order, `until` when each held; those that ended after a
    moment, and the one that holds."""
    events: Any = Party.pgh_event_model  # type: ignore[attr-defined]  # put there by pghistory
    ended = events.objects.filter(pgh_obj_id=row.id).order_by("pgh_id")
    if after:
        ended = ended.filter(pgh_created_at__gte=after)
    states = [_state(e) | {"until": e.pgh_created_at} for e in ended]
    return [*states, _state(row) | {"until": None}]


def _state(row: Any) -> dict[str, Any]:
    return {a: getattr(row, a) for a in ATTRIBUTES} | {
        "provenance": row.provenance,
        "kind": row.kind,
    }


def _shown(kind: str, attribute: str, value: Any) -> str:
    if not value:
        return ""
    if attribute == "name" and kind != "person":
        return str(value)
    return _MASKS[attribute](value) if attribute in _MASKS else str(value)


def _value(
    state: dict[str, Any], attribute: str, others: Iterable[tuple[Any, OtherValue]]
) -> ValueView:
    taken = state["provenance"].get(attribute, {})
    seen = taken.get("seen_at")
    return ValueView(
        attribute=attribute,
        title=str(TITLES[attribute]),
        value=_shown(state["kind"], attribute, state[attribute]),
        source=str(taken.get("source", "")),
        source_key=str(taken.get("source_key", "")),
        seen_at=datetime.fromisoformat(seen) if seen else None,
        by=str(taken.get("by", "")),
        verified=bool(taken.get("verified")),
        agreeing=int(taken.get("agreeing", 0)),
        of=int(taken.get("of", 0)),
        others=tuple(view for value, view in others if value != state[attribute]),
    )


def _others(party_id: UUID) -> dict[str, list[tuple[Any, OtherValue]]]:
    found: dict[str, list[tuple[Any, OtherValue]]] = {a: [] for a in ATTRIBUTES}
    records = SourceRecord.objects.filter(party_id=party_id).order_by("source_id", "source_key")
    for row in records[:VERSIONS_MAX]:
        for attribute in ATTRIBUTES:
            if value := getattr(row, attribute):
                shown = _shown(row.kind, attribute, value)
                view = OtherValue(row.source_id, row.source_key, shown, row.last_seen)
                found[attribute].append((value, view))
    stated = StatedValue.objects.filter(party_id=party_id).exclude(accepted_at=None)
    for said in stated.order_by("-accepted_at")[:VERSIONS_MAX]:
        shown = _shown("person", said.attribute, said.value)
        view = OtherValue("stated", said.said_by, shown, said.at)
        found[said.attribute].append((said.value, view))
    return found
