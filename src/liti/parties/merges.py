"""Reading merges: what moved with each, and what came while it stood."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from liti.core.authority import query
from liti.core.errors import NotFound
from liti.core.listing import count_to, ordered
from liti.core.roles import CONTROL, roles
from liti.parties.assigning import ASSIGNED
from liti.parties.models import Merge, Move, Party
from liti.parties.moving import CAME
from liti.parties.rules import masking
from liti.parties.views import MergeView

READERS = CONTROL | roles("data_steward", "operation_head")
PAGE_MAX = 100
ORDERS = {"at": "at", "actor": "actor"}


@query(staff=READERS, system=("parties", "demo"))
def merges(*, order: str = "", offset: int = 0, limit: int = 25) -> list[MergeView]:
    """All merges, newest first or by one of ORDERS, a page at a time; without their rows."""
    rows = ordered(Merge.objects.order_by("-at", "-id"), order, ORDERS, tie="-id")
    return _views(rows[offset : offset + min(limit, PAGE_MAX)])


@query(staff=READERS, system=("parties", "demo"))
def count_merges(*, most: int = PAGE_MAX) -> int:
    """How many merges there are, counted to `most`."""
    return count_to(Merge.objects.all(), most)


@query(staff=READERS, system=("parties", "demo"))
def merge(merge_id: UUID) -> MergeView:
    """One merge with what moved. Raises NotFound."""
    row = Merge.objects.filter(id=merge_id).first()
    if row is None:
        raise NotFound("parties.merge.unknown", _("There is no such merge."))
    moves = Move.objects.filter(merge=row)
    mine = moves.filter(was=row.was, field="").values_list("place")
    given = set(moves.filter(field=ASSIGNED).values_list("before", flat=True))
    came = moves.filter(field=CAME).order_by("place", "id")[: PAGE_MAX + len(given)]
    [view] = _views(
        [row],
        dict(mine.annotate(n=Count("id")).order_by("place")),
        tuple((m.place, ", ".join(m.row)) for m in came if str(m.id) not in given)[:PAGE_MAX],
    )
    return view


def _views(
    rows: Iterable[Merge],
    moved: dict[str, int] | None = None,
    came: tuple[tuple[str, str], ...] = (),
) -> list[MergeView]:
    found = list(rows)
    ids = {i for r in found for i in (r.was, r.heir)}
    names = {
        p.id: masking.name(p.name) if p.kind == "person" else p.name
        for p in Party.objects.filter(id__in=ids)
    }
    return [
        MergeView(
            id=r.id,
            was=r.was,
            heir=r.heir,
            was_masked=names.get(r.was, ""),
            heir_masked=names.get(r.heir, ""),
            origin=r.origin,
            label=str(r.get_origin_display()),
            reason=r.reason,
            actor=r.actor,
            at=r.at,
            undone_at=r.undone_at,
            undone_by=r.undone_by,
            undone_reason=r.undone_reason,
            moved=moved or {},
            came=came,
        )
        for r in found
    ]
