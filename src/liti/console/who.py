"""Names for party ids, masked, as lists show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from liti.parties import queries as parties


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
