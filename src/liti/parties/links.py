"""Links between parties: recorded with their basis and days, ended and never taken away."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from liti.core.authority import command
from liti.core.bulk import copy_rows
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.core.entrance import clean_text
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.roles import SERVICE, roles
from liti.parties.identity import hold_alone
from liti.parties.models import Party, Relation
from liti.parties.rules.links import SHAPES, WHOLE_BP, fits, problem

WRITERS = SERVICE | roles("data_steward")
BASIS_MAX = 200
_COLUMNS = (
    "id", "from_party_id", "to_party_id", "kind", "valid_from", "origin", "source", "basis",
    "share_bp",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewRelation:
    """A link to record, read "`from_party` is … of `to_party`". `share_bp`: basis points."""

    from_party: UUID
    to_party: UUID
    kind: str
    valid_from: date
    basis: str = ""
    share_bp: int | None = None
    source: str = ""


@command(staff=WRITERS)
def relate(
    from_party: UUID,
    to_party: UUID,
    kind: str,
    valid_from: date,
    basis: str = "",
    share_bp: int | None = None,
) -> UUID | None:
    """Record that one party is something of another; None where that is on file already.

    Raises as `relate_many`.
    """
    new = NewRelation(from_party, to_party, kind, valid_from, basis, share_bp)
    made = relate_many([new])
    return made[0] if made else None


@command(staff=roles("data_steward"), system=("demo",))
@transaction.atomic
def relate_many(rows: Iterable[NewRelation]) -> list[UUID]:
    """Record links; what is open already is left out. Returns the ids of the new ones.

    Raises InvalidInput for a kind that can't join the two, a day to come, a share or basis
    that does not fit, NotFound for an unknown party, Refused where shares of one enterprise
    would be more than the whole.
    """
    given = list(rows)
    held = hold_alone({i for r in given for i in (r.from_party, r.to_party)})
    kinds = dict(Party.objects.filter(id__in=set(held.values())).values_list("id", "kind"))
    seen = _open_between(list(held.values()))
    made: list[tuple[object, ...]] = []
    for row in given:
        one, other = held[row.from_party], held[row.to_party]
        _require(row, one, other, kinds)
        if _key(one, other, row.kind) in seen:
            continue
        seen.add(_key(one, other, row.kind))
        source = row.source or current_actor().doer
        made.append((uuid7(), one, other, row.kind, row.valid_from, "command", source[:150],
                     row.basis.strip(), row.share_bp))  # fmt: skip
    copy_rows("parties_relation", _COLUMNS, made)
    _require_whole({held[r.to_party] for r in given if SHAPES[r.kind].share})
    return [UUID(str(m[0])) for m in made]


@command(staff=WRITERS)
@transaction.atomic
def end_relation(relation_id: UUID, on: date, basis: str) -> None:
    """End a link on a day, with the paper that says so; an import does not bring it back.

    Raises NotFound where none is open, InvalidInput for a day before it began or to come, or
    without a basis.
    """
    row = Relation.objects.select_for_update().filter(id=relation_id, valid_to=None).first()
    if row is None:
        raise NotFound("parties.relation.unknown", _("There is no such open relation."))
    basis = clean_text(basis, field="basis", most=BASIS_MAX).strip()
    if not basis:
        raise _no_basis()
    if not row.valid_from <= on <= business_date():
        raise InvalidInput(
            "parties.relation.end",
            _("It can end from %(first)s to %(last)s.")
            % {"first": row.valid_from, "last": business_date()},
            field="on",
        )
    Relation.objects.filter(id=row.id).update(valid_to=on, ended_basis=basis)


def _key(one: UUID, other: UUID, kind: str) -> tuple[UUID, UUID, str]:
    if SHAPES[kind].either_way and other < one:
        one, other = other, one
    return one, other, kind


def _open_between(ids: Sequence[UUID]) -> set[tuple[UUID, UUID, str]]:
    rows = Relation.objects.filter(valid_to=None, from_party__in=ids, to_party__in=ids)
    return {_key(*row) for row in rows.values_list("from_party", "to_party", "kind")}


def _require(row: NewRelation, one: UUID, other: UUID, kinds: dict[UUID, str]) -> None:
    if row.kind not in SHAPES or one == other or not fits(row.kind, kinds[one], kinds[other]):
        known = Relation.Kind.values
        raise InvalidInput(
            "parties.relation.invalid",
            _("%(kind)s can't relate these two parties.") % {"kind": row.kind},
            remedy=_("Known kinds: %(kinds)s.") % {"kinds": ", ".join(known)},
            field="kind",
        )
    if row.valid_from > business_date():
        raise InvalidInput(
            "parties.relation.future",
            _("A relation is recorded when it has begun."),
            field="valid_from",
        )
    clean_text(row.basis, field="basis", most=BASIS_MAX)
    wrong = problem(row.kind, row.share_bp, row.basis)
    if wrong == "share":
        raise InvalidInput(
            "parties.relation.share",
            _("A share is 1 to 10,000 basis points, of an enterprise's owners only."),
            field="share_bp",
        )
    if wrong:
        raise _no_basis()


def _no_basis() -> InvalidInput:
    return InvalidInput(
        "parties.relation.basis",
        _("Name the paper that says so."),
        remedy=_("A contract, an entry of a register, a court's decision, with its number."),
        field="basis",
    )


def _require_whole(owned: set[UUID]) -> None:
    """No enterprise has more owners than itself: checked over what is open, rows held."""
    shared = [kind for kind, shape in SHAPES.items() if shape.share]
    sums = (
        Relation.objects.filter(Q(to_party__in=owned), valid_to=None, kind__in=shared)
        .values("to_party", "kind")
        .annotate(shares=Sum("share_bp"))
        .filter(shares__gt=WHOLE_BP)
    )
    over = sums.order_by("to_party", "kind").first()
    if over:
        raise Refused(
            "parties.relation.over_whole",
            _("All shares together would be %(percent)s %%.")
            % {"percent": f"{over['shares'] / 100:.2f}"},
            remedy=_("End the share that was sold first."),
            party_id=str(over["to_party"]),
        )
