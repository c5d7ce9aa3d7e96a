"""What came while two customers were one, and is said to be the other's after they parted."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from liti.core import party_ids
from liti.core.authority import command, query
from liti.core.clock import now
from liti.core.context import current_actor
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.roles import CONTROL, roles
from liti.parties import golden
from liti.parties.identity import lock_for_merge
from liti.parties.models import Merge, Move
from liti.parties.moving import CAME
from liti.parties.steward import STEWARDS

ASSIGNED = ">"
LISTED_MAX = 100
_GIVE = sql.SQL("UPDATE {table} t SET {column} = %(was)s WHERE {is_row} AND t.{column} = %(heir)s")


@dataclass(frozen=True, slots=True)
class CameRow:
    """A row (table.column, key) that came while two were one; `id` names it in the log."""

    id: int
    place: str
    key: str


@query(staff=CONTROL | roles("data_steward", "operation_head"), system=("parties", "demo"))
def unassigned(merge_id: UUID) -> list[CameRow]:
    """What came while the merge stood and nobody gave away yet, LISTED_MAX at most."""
    log = Move.objects.filter(merge_id=merge_id)
    given = set(log.filter(field=ASSIGNED).values_list("before", flat=True))
    came = log.filter(field=CAME, merge__undone_at__isnull=False).order_by("place", "id")
    left = [r for r in came[: LISTED_MAX + len(given)] if str(r.id) not in given]
    return [CameRow(r.id, r.place, ", ".join(r.row)) for r in left[:LISTED_MAX]]


@command(staff=STEWARDS)
@transaction.atomic
def assign_row(merge_id: UUID, move_id: int, reason: str) -> None:
    """Give a row that came while two were one to the customer who was parted again.

    Only rows that the taken-back merge lists; the log says who gave it and why. Raises
    InvalidInput without a reason, NotFound for a row that is not listed (any more), Refused
    where it can't stand with the other customer.
    """
    if not reason.strip():
        raise InvalidInput("parties.merge.reason", _("Say why."), field="reason")
    merge = Merge.objects.select_for_update().filter(id=merge_id).first()
    came = Move.objects.filter(
        id=move_id, merge_id=merge_id, field=CAME, merge__undone_at__isnull=False
    ).first()
    given = Move.objects.filter(merge_id=merge_id, field=ASSIGNED, before=str(move_id))
    if merge is None or came is None or given.exists():
        raise _not_listed()
    lock_for_merge([merge.was, merge.heir])
    if not _give(party_ids.declared()[came.place], came, merge):
        raise _not_listed()
    Move.objects.create(
        merge=merge, place=came.place, row=came.row, was=merge.heir, field=ASSIGNED,
        before=str(came.id), after=str(merge.was), by=current_actor().doer[:150], at=now(),
        reason=reason.strip()[:300],
    )  # fmt: skip
    golden.refresh([merge.was, merge.heir])


def _give(column: party_ids.PartyColumn, came: Move, merge: Merge) -> int:
    statement = _GIVE.format(
        table=sql.Identifier(column.table),
        column=sql.Identifier(column.column),
        is_row=column.is_row(sql.SQL("%(row)s::text[]")),
    )
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            # as text: the row history's wrapper reads statements before the driver does
            text = statement.as_string(cursor.connection)
            cursor.execute(text, {"was": merge.was, "heir": merge.heir, "row": came.row})
            return int(cursor.rowcount)
    except DatabaseError as error:
        raise Refused(
            "parties.assign.cannot_stand",
            _("The other customer can't have this row."),
            remedy=_("He has such a one already, or the row is written for ever."),
        ) from error


def _not_listed() -> NotFound:
    return NotFound(
        "parties.assign.not_listed",
        _("The row is not among those that came while the two were one."),
        remedy=_("See on the page of the merge what is still to be assigned."),
    )
