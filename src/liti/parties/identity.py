"""Which party an id stands for today, read as a set and held against a merge.

Open to every room's SQL, and owned here: the view `parties_canonical_v (alias_id, party_id,
since)`, a row for each id that was merged away (LEFT JOIN it, `coalesce(c.party_id,
x.party_id)`); `parties_living(uuid)`, the party of an id; `parties_ids_of(uuid)`, all its ids.
The functions of the same meaning below put them into the ORM's queries, without another one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from django.db import connection
from django.db.models import Func, UUIDField, Value
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext as _

from liti.core.authority import open_to_all
from liti.core.errors import Conflict, NotFound
from liti.parties.models import PartyAlias

HOLD_TRIES = 5

_HOLD = """
SELECT n.asked, p.id FROM (
    SELECT asked, parties_living(asked) AS party_id FROM unnest(%s::uuid[]) AS asked
) AS n JOIN parties_party p ON p.id = n.party_id AND p.status = 'active'
ORDER BY p.id FOR KEY SHARE OF p
"""
_HOLD_ALONE = _HOLD.replace("FOR KEY SHARE", "FOR NO KEY UPDATE")


@open_to_all("which id stands for which")
def resolve(party_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Each id to the party it stands for today; merged ids resolve for ever."""
    ids = list(party_ids)
    alias = dict(PartyAlias.objects.filter(alias_id__in=ids).values_list("alias_id", "party_id"))
    return {i: alias.get(i, i) for i in ids}


@open_to_all("which id stands for which")
def living(party_id: UUID) -> Func:
    """For `filter(party_id=living(given))`: rows that moved stand under the living id."""
    given = Value(party_id, output_field=UUIDField())
    return Func(given, function="parties_living", output_field=UUIDField())


@open_to_all("which id stands for which")
def every_id(party_id: UUID) -> RawSQL:
    """For `filter(party_id__in=every_id(given))`: rows that stay under the id of their day."""
    return RawSQL("SELECT parties_ids_of(%s)", [party_id])


@open_to_all("which id stands for which")
def ids_of(party_id: UUID) -> list[UUID]:
    """All ids that stand for the party of this id, the living one first: what to look for
    where rows stay under the id that they were written with."""
    return ids_of_many([party_id])[party_id]


@open_to_all("which id stands for which")
def ids_of_many(party_ids: Collection[UUID]) -> dict[UUID, list[UUID]]:
    """`ids_of` of many, by the ids asked for."""
    living = resolve(party_ids)
    found: dict[UUID, list[UUID]] = {now: [now] for now in living.values()}
    rows = PartyAlias.objects.filter(party_id__in=list(found)).order_by("alias_id")
    for alias, now in rows.values_list("alias_id", "party_id"):
        found[now].append(alias)
    return {asked: found[now] for asked, now in living.items()}


@open_to_all("which id stands for which")
def hold(party_id: UUID) -> UUID:
    """The living party of an id, kept from being merged until the transaction ends.

    A command that writes a party's id calls this first, before it locks anything else, and
    writes the id that it answers. Raises NotFound for an id that is nobody's.
    """
    return hold_many([party_id])[party_id]


@open_to_all("which id stands for which")
def hold_many(party_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """`hold` of many, by the ids asked for; locked in the order of their ids."""
    return _held_as(_HOLD, party_ids)


@open_to_all("which id stands for which")
def hold_alone(party_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """`hold_many`, one at a time: what is decided about a person (may he be contacted, what
    does he consent to) is read and written by nobody else until the transaction ends."""
    return _held_as(_HOLD_ALONE, party_ids)


def _held_as(statement: str, party_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    assert connection.in_atomic_block
    asked = set(party_ids)
    for _try in range(HOLD_TRIES):
        held = _held(statement, asked)
        if held.keys() == asked:
            return held
    # Either nobody's, or merged again and again under our hands.
    lost = min(resolve(asked - held.keys()).values())
    if PartyAlias.objects.filter(alias_id=lost).exists():
        raise Conflict(
            "parties.party.merging",
            _("Party %(id)s is being merged just now.") % {"id": lost},
            remedy=_("Try again."),
        )
    raise NotFound(
        "parties.party.unknown",
        _("There is no party %(id)s.") % {"id": lost},
        remedy=_("Search by name or mobile."),
    )


def _held(statement: str, ids: set[UUID]) -> dict[UUID, UUID]:
    with connection.cursor() as cursor:
        # A merge that we waited for has changed the status: then the row is not among them.
        cursor.execute(statement, [sorted(ids)])
        return dict(cursor.fetchall())


def lock_for_merge(ids: Sequence[UUID]) -> dict[UUID, tuple[str, str, str]]:
    """Lock parties against everybody, in the order of their ids; (status, id number, credit
    code) of each that there is. For a merge only."""
    assert connection.in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, status, id_number, uscc FROM parties_party WHERE id = ANY(%s)"
            " ORDER BY id FOR UPDATE",
            [sorted(ids)],
        )
        return {row[0]: row[1:] for row in cursor.fetchall()}
