"""Which two parties a link of each kind may join, and what must be said of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

PERSON, ORGANISATION = "person", "organisation"
ANYBODY = frozenset({PERSON, ORGANISATION})
WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Shape:
    """A kind of link, read "from is … of to".

    `either_way`: it reads the same from both sides. `share`: it may name a share in basis
    points, all shares of one party together at most the whole. `basis`: it holds by a paper
    (contract, register entry, court's decision) that must be named.
    """

    ends: tuple[frozenset[str], frozenset[str]] = (ANYBODY, ANYBODY)
    either_way: bool = False
    share: bool = False
    basis: bool = False


_MAN, _FIRM = frozenset({PERSON}), frozenset({ORGANISATION})
SHAPES: Mapping[str, Shape] = {
    "legal_representative": Shape((_MAN, _FIRM)),
    "beneficial_owner": Shape((_MAN, _FIRM), share=True, basis=True),
    "shareholder": Shape((ANYBODY, _FIRM), share=True, basis=True),
    "employee": Shape((_MAN, _FIRM)),
    "household": Shape((_MAN, _MAN), either_way=True),
    "guardian": Shape((_MAN, _MAN), basis=True),
    "guarantor": Shape(basis=True),
    "supplier": Shape((_FIRM, _FIRM)),
    "co_holder": Shape(),
}
EITHER_WAY = tuple(sorted(kind for kind, shape in SHAPES.items() if shape.either_way))


def fits(kind: str, from_kind: str, to_kind: str) -> bool:
    """Whether a link of the kind may join parties of these kinds."""
    first, second = SHAPES[kind].ends
    return from_kind in first and to_kind in second


def problem(kind: str, share_bp: int | None, basis: str) -> str:
    """What is wrong with a link's own words: "share", "basis" or ""."""
    shape = SHAPES[kind]
    if share_bp is not None and not (shape.share and 1 <= share_bp <= WHOLE_BP):
        return "share"
    return "basis" if shape.basis and not basis.strip() else ""
