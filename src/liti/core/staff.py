"""Members of the staff as actors: who he is, and what he may do today."""

from __future__ import annotations

from dataclasses import replace

from django.utils.translation import gettext as _

from liti.core.context import Actor
from liti.core.errors import NotFound
from liti.core.models import User


def actor_of(user: User) -> Actor:
    """A member of the staff with the roles that he holds today."""
    return Actor(
        kind="staff",
        label=user.username,
        id=user.id,
        roles=frozenset(user.groups.values_list("name", flat=True)),
        department=user.department,
    )


def by_name(username: str) -> Actor:
    """The member of the staff of a user name. Raises NotFound."""
    user = User.objects.filter(username=username, kind=User.Kind.STAFF, is_active=True).first()
    if user is None:
        raise NotFound(
            "core.staff.unknown",
            _("There is no member of the staff %(name)s.") % {"name": username},
        )
    return replace(actor_of(user), request_id="cli")
