"""Dated business data changes by proposal: from a day on, one value follows another.

A room declares a kind of dated record once; its own commands `propose_…` check their typed
arguments and call `propose`. Another person decides, then the room's `write` is called:

    PRICE = Dated(kind="room.price", title=_("Price"), propose=…, decide=…, fields=(…),
                  current=…, write=…, named=…)
    declare(PRICE)

The values of a proposal are JSON (money in minor units, days as ISO text).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liti.core import approvals
from liti.core.approvals import Change, Line, Link, Payload, approval_kind
from liti.core.approvals.kinds import plain
from liti.core.clock import business_date
from liti.core.errors import Conflict, Refused
from liti.core.roles import Roles

Text = str | Promise
Key = Mapping[str, str]
Values = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Field:
    """A value of a dated record: its title, and how it is written for people."""

    name: str
    title: Text
    show: Callable[[Any], str] = str


def _nobody(_key: Key, _values: Values | None, _day: date) -> str:
    return ""


def _always(_key: Key, _values: Values | None, _day: date) -> None:
    """Nothing more to check."""


@dataclass(frozen=True, slots=True)
class Dated:
    """A kind of dated record.

    `current(key, day)`: the values that hold on the day, None where there are none.
    `write(key, values, day)`: let them hold from the day on; None ends what holds.
    `check` raises for what may not be written, at the proposal and again at the decision.
    `undated`: it has no days; a change holds from the decision on.
    """

    kind: str
    title: Text
    propose: Roles
    decide: Roles
    fields: tuple[Field, ...] | Callable[[Key], tuple[Field, ...]]
    current: Callable[[Key, date], Values | None]
    write: Callable[[Key, Values | None, date], None]
    named: Callable[[Key], str]
    check: Callable[[Key, Values | None, date], None] = _always
    reach: Callable[[Key, Values | None, date], str] = _nobody
    links: Callable[[Key], tuple[Link, ...]] = lambda _key: ()
    past_allowed: bool = False
    undated: bool = False
    jobs: tuple[str, ...] = ("demo",)


_declared: dict[str, Dated] = {}


def declare(dated: Dated) -> Dated:
    """Register a kind with approvals; rooms do so where they declare it."""
    _declared[dated.kind] = dated
    approval_kind(
        dated.kind,
        title=dated.title,
        propose=dated.propose,
        decide=dated.decide,
        describe=lambda payload: _describe(dated, payload),
        basis=lambda payload: _basis(dated, payload),
        jobs=dated.jobs,
    )(lambda payload: _carry_out(dated, payload))
    return dated


def declared() -> list[Dated]:
    """All kinds of dated records of the rooms that are loaded, by name."""
    return [_declared[kind] for kind in sorted(_declared)]


def propose(dated: Dated, key: Key, values: Values | None, valid_from: date | None) -> UUID:
    """Propose values from a day on (None: the business date); returns the approval's id.

    Raises Refused (a day in the past), Conflict (nothing would change) and what `check` raises.
    """
    day = business_date() if valid_from is None else valid_from
    values = plain(values)
    _require(dated, key, values, day)
    if dated.current(key, day) == values:
        raise Conflict(
            "core.change.same",
            _("%(thing)s is like that on %(day)s already.")
            % {"thing": dated.named(key), "day": day},
        )
    payload = {"key": dict(key), "values": values, "valid_from": day.isoformat()}
    return approvals.propose(dated.kind, payload, key=":".join(key.values()))


def _require(dated: Dated, key: Key, values: Values | None, day: date) -> None:
    today = business_date()
    if day < today and not dated.past_allowed and not dated.undated:
        raise Refused(
            "core.change.past",
            _("%(day)s has passed: the business date is %(today)s.") % {"day": day, "today": today},
            remedy=_("Choose the business date or a later day."),
        )
    dated.check(key, values, day)


def _carry_out(dated: Dated, payload: Payload) -> None:
    key, values, day = _read(payload)
    _require(dated, key, values, day)
    dated.write(key, values, day)


def _basis(dated: Dated, payload: Payload) -> Any:
    key, _values, day = _read(payload)
    return dated.current(key, day)


def _read(payload: Payload) -> tuple[Key, Values | None, date]:
    return payload["key"], payload["values"], date.fromisoformat(payload["valid_from"])


def _describe(dated: Dated, payload: Payload) -> Change:
    key, values, day = _read(payload)
    thing = dated.named(key)
    words = {"thing": thing, "day": day}
    if values is None:
        summary = _("%(thing)s ends on %(day)s") % words
    elif dated.undated:
        summary = _("%(thing)s changes") % words
    else:
        summary = _("%(thing)s from %(day)s on") % words
    fields = dated.fields(key) if callable(dated.fields) else dated.fields
    return Change(
        summary=summary,
        lines=tuple(_lines(fields, dated.current(key, day), values)),
        reach=dated.reach(key, values, day),
        links=dated.links(key),
    )


def _lines(
    fields: tuple[Field, ...], before: Values | None, after: Values | None
) -> Iterable[Line]:
    for field in fields:
        old, new = (None if v is None else v.get(field.name) for v in (before, after))
        if old != new:
            yield Line(str(field.title), *("" if v is None else field.show(v) for v in (old, new)))
