"""Members of the staff with posts."""

from __future__ import annotations

from datetime import date

from liti.core.ids import uuid7
from liti.core.models import StaffPost, User

SINCE = date(2020, 1, 1)


def member(*roles: str, name: str = "", department: str = "direct", **more: object) -> User:
    """Somebody who holds the roles for good, in his own right."""
    user = User.objects.create_user(
        name or f"staff-{uuid7()}", password="x", kind="staff", department=department, **more
    )
    give(user, *roles, department=department)
    return user


def give(user: User, *roles: str, department: str = "direct") -> None:
    """The roles to somebody who is there."""
    for role in roles:
        StaffPost.objects.create(user=user, role=role, department=department, valid_from=SINCE)
