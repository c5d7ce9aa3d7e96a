"""Names for party ids, masked, and for who did something, as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.apps import apps
from django.utils.translation import pgettext

from liti.core import staff
from liti.parties import queries as parties
from liti.ui.labels import label_of

# What acts without a person, beside the rooms whose jobs do.
OF_THE_HOUSE = frozenset(
    {"approvals", "system", "database", "demo", "day", "check", "tests", "steps", "cli"}
)
OUTSIDE = frozenset({"customer", "partner", "client"})


@dataclass(frozen=True, slots=True)
class Named:
    """A customer as a list shows him."""

    id: UUID
    name: str
    kind: str
    mobile: str


def named(party_ids: Sequence[UUID]) -> list[Named]:
    """The customers, in the order of the ids; each under the id asked for."""
    found = parties.parties(party_ids)
    return [
        Named(i, found[i].name_masked, found[i].kind, found[i].mobile_masked)
        for i in party_ids
        if i in found
    ]


def names(party_ids: Sequence[UUID]) -> dict[UUID, str]:
    """Masked names by id."""
    return {p.id: p.name for p in named(list(dict.fromkeys(party_ids)))}


def doers(trail: str) -> str:
    """Who did it, by name, of a trail such as `x for y / z`; a job is the house's own, and
    customers and partners are said to be such."""
    return " / ".join(dict.fromkeys(_doer(part) for part in trail.split(" / ") if part))


def _doer(part: str) -> str:
    who, stands_in, other = part.partition(" for ")
    if not stands_in:
        return _one(who)
    words = {"who": _one(who), "other": _one(other)}
    return pgettext("who stands in for whom", "%(who)s for %(other)s") % words


def _one(label: str) -> str:
    if name := staff.full_names().get(label):
        return name
    kind, colon, _rest = label.partition(":")
    if colon and kind in OUTSIDE:
        return label_of("partner" if kind == "client" else kind)
    room = label.partition(".")[0]
    known = room in OF_THE_HOUSE or apps.is_installed(f"liti.{room}")
    return label_of("system") if known else label
