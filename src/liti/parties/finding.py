"""Finding customers by what somebody types: whole values and whole names, with a trace.

A person's name is masked like his numbers, so a part of it finds nobody: asked with ever longer
beginnings, a search would say the letters behind the mask. That holds of one's own customers too,
whose list is a click away. What an enterprise is called is public and is found by part.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from uuid import UUID

from django.db.models import Q, QuerySet

from liti.core.authority import open_to_all
from liti.core.clock import local_date
from liti.core.lookups import searched
from liti.parties.models import Party, PartyKind, SourceRecord
from liti.parties.rules import names
from liti.parties.rules.lookups import Lookup, lookups
from liti.parties.rules.standardise import squeezed

# From a whole value to the parties that it belongs to.
Finder = Callable[[str], Collection[UUID]]
_finders: dict[str, Finder] = {}


@open_to_all("a room's own registration, no data")
def register_finder(kind: str, finder: Finder) -> None:
    """A room above says whose a value of a kind is (`card`)."""
    _finders[kind] = finder


def found(text: str, limit: int) -> list[Party]:
    """Active parties that fit, in an order that says nothing of them. Raises TooMany."""
    asked = lookups(text, today=local_date())
    if value := _narrowest(asked):
        searched(value.kind, value.value)  # one line for one search
    where = Q(pk__in=[])
    for one in asked:
        where |= _condition(one)
    rows: QuerySet[Party] = Party.objects.filter(where, status=Party.Status.ACTIVE)
    return list(rows.order_by("id")[:limit])


def found_by(text: str, limit: int) -> list[tuple[Party, str]]:
    """The same, each with the kind of what fits: that of `lookups`, or `record` where only a
    department's record of the party has the value. Raises TooMany."""
    rows = found(text, limit)
    asked = lookups(text, today=local_date())
    fits: dict[UUID, str] = {}
    for one in asked:
        for kind, where in ((one.kind, _own(one)), (_elsewhere(one), _condition(one))):
            ids = Party.objects.filter(where, id__in=[r.id for r in rows if r.id not in fits])
            fits |= dict.fromkeys(ids.values_list("id", flat=True), kind)
    return [(row, fits[row.id]) for row in rows if row.id in fits]


def _own(asked: Lookup) -> Q:
    """What of a condition the party itself shows."""
    if asked.kind == "mobile_end":
        return Q(mobile__endswith=asked.value)
    return Q(mobile=asked.value) if asked.kind == "mobile" else _condition(asked)


def _elsewhere(asked: Lookup) -> str:
    return "record" if asked.kind in ("mobile", "mobile_end") else asked.kind


def _narrowest(asked: Sequence[Lookup]) -> Lookup | None:
    """What a search is logged as. A word without any digit is a name that somebody types, key
    of a department or not; a single character is nobody's whole name."""
    worded = [one for one in asked if one.kind == "name"]
    valued = (one for one in asked if one.kind == "email" or any(map(str.isdigit, one.value)))
    found = next((one for one in valued if one.kind != "name"), None)
    return found or next((one for one in worded if len(squeezed(one.value)) > 1), None)


def _condition(asked: Lookup) -> Q:
    kind, value = asked.kind, asked.value
    if kind == "name":
        return _named(value)
    if kind == "mobile_end":
        return Q(mobile__endswith=value) | _carrying(Q(mobile__endswith=value))
    if kind == "mobile":
        return Q(mobile=value) | _carrying(Q(mobile=value))
    if kind == "number":
        return _carrying(Q(source_key=value))
    if kind in _finders:
        return Q(id__in=list(_finders[kind](value)))
    if kind == "card":
        return Q(pk__in=[])
    return Q(**{kind: value})


def _carrying(records: Q) -> Q:
    held = SourceRecord.objects.filter(records).exclude(party=None)
    return Q(id__in=held.values("party_id"))


def _named(value: str) -> Q:
    written, key = names.person_name(value), squeezed(value)
    if not key:  # the beginning of every name
        return Q(pk__in=[])
    if names.is_han(value):
        company, person = Q(name_simplified__contains=written), Q(name_simplified=written)
    else:
        company, person = Q(name_simplified__startswith=key), Q(pk__in=[])
        # Pinyin has letters only: L004959 would otherwise be whoever's name begins with L.
        if written and all(c.isalpha() or c in " '’·.-," for c in value):
            spoken = _spoken(written)
            company |= Q(name_pinyin__startswith=spoken[0])
            person = Q(name_pinyin__in=spoken)
    return Q(kind=PartyKind.ORGANISATION) & company | Q(kind=PartyKind.PERSON) & person


def _spoken(written: str) -> list[str]:
    """How a whole name in Latin letters may be kept: as it is, or parted after the surname
    wherever that ends, since `zhangxiaoming` and `zhang xiao ming` are typed too."""
    letters = written.replace(" ", "")
    parted = (f"{letters[:n]} {letters[n:]}" for n in range(1, len(letters)))
    return [names.pinyin(written), *parted]
