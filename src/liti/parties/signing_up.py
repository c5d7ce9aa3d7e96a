"""Signing people up online: one person, or a partner's thousand as one set."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core.authority import command
from liti.core.clock import business_date
from liti.core.errors import Conflict, InvalidInput, LitiError
from liti.core.events import NewEvent, emit_many
from liti.core.ids import uuid7
from liti.core.roles import SERVICE
from liti.parties import events, golden, teams
from liti.parties.identity import hold_many
from liti.parties.intake import upsert
from liti.parties.mapping import Standardised
from liti.parties.marks import NewPerson, fitting
from liti.parties.models import Party, ServiceAssignment
from liti.parties.rules import names, standardise

PEOPLE_MAX = 1_000

# In one order, so that two sets with the same people wait for each other and never in a ring.
_ALONE = """
SELECT pg_advisory_xact_lock(key) FROM (
    SELECT DISTINCT hashtextextended(number, 2) AS key FROM unnest(%s::text[]) AS number
    ORDER BY key) AS keys
"""
_WHOSE = """
UPDATE parties_sourcerecord r SET party_id = n.party_id
FROM unnest(%s::text[], %s::uuid[]) AS n(source_key, party_id)
WHERE r.source_id = %s AND r.source_key = n.source_key
    AND r.party_id IS DISTINCT FROM n.party_id
"""


@dataclass(frozen=True, slots=True)
class _OnFile:
    """The party of an ID number, and the name that it is known by."""

    id: UUID
    name: str
    sound: str
    new: bool = False


@command(staff=SERVICE, system=("demo",))
@transaction.atomic
def register_person(person: NewPerson, source: str = "direct") -> UUID:
    """Sign a person up online. Exact rules first: a known ID number gives the known party.

    Raises InvalidInput naming the field, Conflict where the ID number belongs to somebody
    of another name (a steward must look; nothing is written).
    """
    [result] = register_people([person], source)
    if isinstance(result, LitiError):
        raise result
    return result


@command(staff=SERVICE, system=("demo",))
@transaction.atomic
def register_people(persons: Sequence[NewPerson], source: str) -> list[UUID | LitiError]:
    """Sign up to PEOPLE_MAX people at once, as if one after the other; as many statements for
    a thousand as for one. For each his party, or the error that `register_person` raises;
    who has an error leaves nothing behind."""
    if len(persons) > PEOPLE_MAX:
        raise InvalidInput(
            "parties.person.too_many",
            _("At most %(max)d people are signed up at once.") % {"max": PEOPLE_MAX},
            remedy=_("Send them in several batches."),
        )
    results: list[UUID | LitiError] = []
    records = [_record(person) for person in persons]
    sound = [r for r in records if not isinstance(r, LitiError)]
    if not sound:
        return [r for r in records if isinstance(r, LitiError)]
    on_file = _on_file([r.values["id_number"] for r in sound])
    accepted: dict[str, Standardised] = {}
    told: list[NewEvent] = []
    made: list[_OnFile] = []
    for record in records:
        if isinstance(record, LitiError):
            results.append(record)
            continue
        number, name, name_sound = (
            record.values[v] for v in ("id_number", "name_simplified", "name_pinyin")
        )
        party = on_file.get(number)
        if party and party.name != name and party.sound != name_sound:
            results.append(_other_name())
            continue
        fresh = party is None
        if party is None:
            party = on_file[number] = _OnFile(uuid7(), name, name_sound, new=True)
            made.append(party)
        accepted[number] = record
        results.append(party.id)
        payload = {"party_id": str(party.id), "new": fresh}
        told.append(NewEvent(events.REGISTERED, str(party.id), payload))
    _write(source, accepted, on_file, made)
    emit_many(told)
    return results


def _write(
    source: str,
    accepted: dict[str, Standardised],
    on_file: dict[str, _OnFile],
    made: Sequence[_OnFile],
) -> None:
    """Records, new parties with their first service, and the golden records of all of them."""
    if not accepted:
        return
    on = business_date()
    upsert(source, list(accepted.values()))
    Party.objects.bulk_create([Party(id=p.id, kind="person", created_on=on) for p in made])
    ServiceAssignment.objects.bulk_create(
        [
            ServiceAssignment(
                party_id=p.id,
                role=ServiceAssignment.Role.CENTRAL_POOL,
                department=teams.POOL_DEPARTMENT,
                origin="source",
                valid_from=on,
            )
            for p in made
        ]
    )
    keys = [record.source_key for record in accepted.values()]
    parties = [on_file[number].id for number in accepted]
    with connection.cursor() as cursor:
        cursor.execute(_WHOSE, [keys, parties, source])
    golden.refresh(parties)


def _on_file(numbers: Sequence[str]) -> dict[str, _OnFile]:
    """Who is known by these ID numbers: one sign-up at a time for a number, held from merges."""
    with connection.cursor() as cursor:
        cursor.execute(_ALONE, [list(numbers)])
    rows = Party.objects.filter(id_number__in=numbers, status=Party.Status.ACTIVE)
    first: dict[str, UUID] = {}
    for number, party_id in rows.order_by("id").values_list("id_number", "id"):
        first.setdefault(number, party_id)
    if not first:
        return {}
    living = hold_many(first.values())
    known = Party.objects.in_bulk(set(living.values()))
    found = {number: known[living[party_id]] for number, party_id in first.items()}
    return {
        number: _OnFile(party.id, party.name_simplified, party.name_pinyin)
        for number, party in found.items()
    }


def _record(person: NewPerson) -> Standardised | LitiError:
    """The person as a record of the source, or what is wrong with him."""
    try:
        name, number, mobile, email = fitting(person)
    except InvalidInput as error:
        return error
    return Standardised(
        # The whole number: region, day, sequence and check digit alone are shared across years.
        source_key=f"online:{hashlib.sha256(number.encode()).hexdigest()[:32]}",
        values={
            "name": names.tidy(person.name),
            "name_simplified": name,
            "name_pinyin": names.pinyin(name),
            "id_number": number,
            "mobile": mobile,
            "email": email,
            "address": standardise.address(person.address)[:300],
            "birth_date": standardise.id_birth_date(number),
            "sex": standardise.id_sex(number),
            "region_code": number[:6],
        },
        raw={"name": person.name, "mobile": person.mobile, "registered": "online"},
    )


def _other_name() -> Conflict:
    return Conflict(
        "parties.person.other_name",
        _("This ID number is on file under another name."),
        remedy=_("Ask a data steward to look at both."),
    )
