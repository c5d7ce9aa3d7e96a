"""Two parties become one, in all rooms at once; and apart again, row by row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core import vetoes
from liti.core.clock import business_date, now
from liti.core.context import current_actor
from liti.core.errors import Conflict, NotFound
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.parties import events, golden
from liti.parties.identity import lock_for_merge
from liti.parties.models import Merge, Move, Party, PartyAlias, Ruling, SourceRecord
from liti.parties.moving import CAME, Work

RULED_PAIRS_MAX = 2_500


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A merge that was taken back. `came`: rows (table.column, key) that came to the survivor
    while the two were one and stayed there; somebody must say whose they are."""

    merge_id: UUID
    was: UUID
    heir: UUID
    came: tuple[tuple[str, tuple[str, ...]], ...]


def objected(pairs: Mapping[UUID, UUID]) -> set[UUID]:
    """The ids that some room says may not be merged now (veto `parties.merge`)."""
    if not pairs:
        return set()
    return {r.thing_id for r in vetoes.reasons("parties.merge", {*pairs, *pairs.values()}, pairs)}


def merge(pairs: Mapping[UUID, UUID], *, origin: str, reason: str = "") -> dict[UUID, UUID]:
    """Make each party (key) one with its heir (value); returns the merge of each.

    In the caller's transaction: every declared column of every room follows or is read by
    the heir's ids from now on, what can be one only is settled by its room, and the old id
    resolves to the heir. Raises Refused with all rooms' reasons, Conflict where one of them
    is merged already. The heirs' golden records are the caller's to refresh.
    """
    assert connection.in_atomic_block
    if not pairs:
        return {}
    assert not set(pairs) & set(pairs.values()), "one step at a time"
    everybody = sorted({*pairs, *pairs.values()})
    found = lock_for_merge(everybody)
    dead = [i for i in everybody if i not in found or found[i][0] != Party.Status.ACTIVE]
    if dead:
        raise Conflict(
            "parties.merge.not_active",
            _("Party %(id)s is merged already, or unknown.") % {"id": dead[0]},
            remedy=_("Merge the party that it became."),
        )
    vetoes.require("parties.merge", everybody, pairs)
    made = {was: uuid7() for was in sorted(pairs)}
    at, on = now(), business_date()
    Merge.objects.bulk_create(
        [
            Merge(
                id=made[was], was=was, heir=pairs[was], origin=origin, reason=reason[:300],
                actor=current_actor().doer[:150], on=on, at=at,
            )
            for was in made
        ],
        batch_size=1_000,
    )  # fmt: skip
    with Work([(made[was], was, pairs[was]) for was in made]) as work:
        work.run()
    PartyAlias.objects.bulk_create(
        [PartyAlias(alias_id=was, party_id=pairs[was]) for was in made], batch_size=1_000
    )
    Party.objects.filter(id__in=list(made)).update(status=Party.Status.MERGED)
    for was, merge_id in made.items():
        told = {"party_id": str(pairs[was]), "merged_id": str(was), "merge_id": str(merge_id)}
        emit(events.MERGED, str(pairs[was]), told)
    return made


def rule_together(merge_id: UUID, heir: UUID) -> None:
    """Let matching keep a steward's merge: all records of both belong together from now on."""
    records = list(
        SourceRecord.objects.filter(party_id=heir).order_by("id").values_list("id", flat=True)
    )
    _rule(list(pairwise(records)), merge_id, together=True)


@transaction.atomic
def unmerge(merge_id: UUID, reason: str) -> Unmerged:
    """Take a merge back: each row that moved goes back, also what a room had settled.

    Matching keeps the two apart from then on. What came while they were one stays with the
    survivor and is listed. Raises NotFound, and Conflict where it was undone before or the
    survivor has itself been merged since (that one first).
    """
    row = Merge.objects.select_for_update().filter(id=merge_id).first()
    if row is None:
        raise NotFound("parties.merge.unknown", _("There is no such merge."))
    if row.undone_at is not None:
        raise Conflict("parties.merge.undone", _("This merge has been taken back already."))
    found = lock_for_merge([row.was, row.heir])
    if found[row.heir][0] != Party.Status.ACTIVE:
        raise Conflict(
            "parties.merge.buried",
            _("The customer that it became has been merged since."),
            remedy=_("Take the later merge back first."),
        )
    theirs = list(
        Move.objects.filter(
            merge=row, place="parties_sourcerecord.party_id", field="", was=row.was
        ).values_list("row", flat=True)
    )
    Ruling.objects.filter(merge=row, together=True).delete()
    Party.objects.filter(id=row.was).update(status=Party.Status.ACTIVE)
    PartyAlias.objects.filter(alias_id=row.was).delete()
    with Work([(row.id, row.was, row.heir)], undo=True) as work:
        work.run()
    Merge.objects.filter(id=row.id).update(
        undone_at=now(), undone_by=current_actor().doer[:150], undone_reason=reason[:300]
    )
    golden.refresh([row.was, row.heir])
    _keep_apart(row, [UUID(key[0]) for key in theirs])
    told = {"party_id": str(row.heir), "parted_id": str(row.was), "merge_id": str(row.id)}
    emit(events.UNMERGED, str(row.heir), told)
    came = Move.objects.filter(merge=row, field=CAME).order_by("place", "id")
    return Unmerged(
        merge_id=row.id,
        was=row.was,
        heir=row.heir,
        came=tuple((place, tuple(key)) for place, key in came.values_list("place", "row")),
    )


def _keep_apart(row: Merge, theirs: list[UUID]) -> None:
    """Every record of one side from every record of the other, as far as they are in hand."""
    others = SourceRecord.objects.filter(party_id=row.heir).values_list("id", flat=True)
    pairs = [(left, right) for left in theirs for right in others.order_by("id")]
    _rule(pairs[:RULED_PAIRS_MAX], row.id, together=False)


def _rule(pairs: list[tuple[UUID, UUID]], merge_id: UUID, *, together: bool) -> None:
    Ruling.objects.bulk_create(
        [
            Ruling(left_id=min(p), right_id=max(p), together=together, merge_id=merge_id)
            for p in pairs
        ],
        update_conflicts=True,
        unique_fields=["left", "right"],
        update_fields=["together", "merge"],
        batch_size=1_000,
    )
