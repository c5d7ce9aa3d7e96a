"""Reasons why not: who owns a thing asks here before it closes, freezes, merges, erases,
suspends or withdraws it, and every room that rests on the thing may say no.

    @veto("accounts.close")
    def holds_a_fund(ids: Sequence[UUID]) -> Iterable[Reason]: ...

    require("accounts.close", [account_id])

What becomes one with another is asked about by pairs too (`@veto_pairs`): some reasons lie in
the two together and in neither alone.

The caller holds the thing FOR UPDATE; a command that makes a reason (buys a fund, signs a
loan) locks the same thing FOR SHARE, so that no reason can slip in between.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from liti.core.errors import Refused


@dataclass(frozen=True, slots=True)
class Reason:
    """Why one thing may not be done, in the reader's language, with the remedy."""

    thing_id: UUID
    code: str
    message: str
    remedy: str = ""
    href: str = ""


Objection = Callable[[Collection[UUID]], Iterable[Reason]]
Pairs = Mapping[UUID, UUID]
PairObjection = Callable[[Pairs], Iterable[Reason]]
_objections: dict[str, list[Objection]] = {}
_pair_objections: dict[str, list[PairObjection]] = {}


def veto(*actions: str) -> Callable[[Objection], Objection]:
    """Register a room's reasons against an action; set-based: it gets all ids at once."""

    def register(objection: Objection) -> Objection:
        for action in actions:
            found = _objections.setdefault(action, [])
            if objection not in found:
                found.append(objection)
        return objection

    return register


def veto_pairs(action: str) -> Callable[[PairObjection], PairObjection]:
    """Register a room's reasons why the one (key) may not become one with the other (value);
    set-based, as `veto`. A reason names the key."""

    def register(objection: PairObjection) -> PairObjection:
        found = _pair_objections.setdefault(action, [])
        if objection not in found:
            found.append(objection)
        return objection

    return register


def registered() -> dict[str, list[Callable[..., Iterable[Reason]]]]:
    """Who objects to what, for the drawing of the seams."""
    actions = sorted({*_objections, *_pair_objections})
    return {a: [*_objections.get(a, ()), *_pair_objections.get(a, ())] for a in actions}


def reasons(action: str, ids: Collection[UUID], pairs: Pairs | None = None) -> list[Reason]:
    """All reasons of all rooms, in the order of registration (the house's, from below)."""
    found = [r for objection in _objections.get(action, ()) for r in objection(ids)]
    if pairs:
        found += [r for objection in _pair_objections.get(action, ()) for r in objection(pairs)]
    return found


def require(action: str, ids: Collection[UUID], pairs: Pairs | None = None) -> None:
    """Raise Refused `<action>.vetoed` with all reasons, each with its remedy."""
    refuse(action, reasons(action, ids, pairs))


def refuse(action: str, found: Collection[Reason]) -> None:
    """Raise Refused `<action>.vetoed` with these reasons, if there are any."""
    if not found:
        return
    raise Refused(
        f"{action}.vetoed",
        " ".join(dict.fromkeys(r.message for r in found)),
        remedy=" ".join(dict.fromkeys(r.remedy for r in found if r.remedy)),
        reasons=[
            {"id": str(r.thing_id), "code": r.code, "message": r.message, "remedy": r.remedy,
             "href": r.href}
            for r in found
        ],
    )  # fmt: skip
