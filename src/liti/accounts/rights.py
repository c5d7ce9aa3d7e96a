"""What each role on an account may do and see: the one place where that is decided.

The owner's money is his alone. Whoever else acts on an account sees it and may pay by its cards,
but nothing in it counts as his, and he opens no investment of his own with it. A guardian also
manages it (binds cards) for the owner. A role that is not named here may nothing.
"""

from __future__ import annotations

from enum import StrEnum


class Right(StrEnum):
    """Something that a role may allow on an account."""

    SEE = "see"
    PAY = "pay"
    INVEST = "invest"
    MANAGE = "manage"
    OWN = "own"


OWNER = "owner"
RIGHTS: dict[str, frozenset[Right]] = {
    OWNER: frozenset(Right),
    "joint": frozenset({Right.SEE, Right.PAY}),
    "authorised_user": frozenset({Right.SEE, Right.PAY}),
    "guardian": frozenset({Right.SEE, Right.PAY, Right.MANAGE}),
}


def allows(role: str, right: Right) -> bool:
    """Whether a role has a right."""
    return right in RIGHTS.get(role, frozenset())


def roles_with(right: Right) -> list[str]:
    """The roles that have a right."""
    return [role for role, rights in RIGHTS.items() if right in rights]
