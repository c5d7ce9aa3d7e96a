"""Members of the staff: who holds which role on which days, who leaves, who stands in.

A role is proposed by one person and decided by another, neither of whom may be the one who
gets it. What somebody may do comes from the posts that are in force today, and from nothing
else. Who stands in for a colleague acts in that colleague's name too, on all his days there:
the trail says "x for y", and neither decides what the other proposed.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import cast
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import approvals
from liti.core.authority import BATCHES, command, open_to_all, query
from liti.core.clock import local_date
from liti.core.context import Actor, current_actor, people_in
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.memo import kept
from liti.core.models import StaffPost, User
from liti.core.roles import SERVICE, STAFF, STAFF_ROLES, roles

POST, LEFT = "core.staff.post", "core.staff.left"
LEADS = roles("operation_head", "risk_officer")


@dataclass(frozen=True, slots=True)
class PostView:
    """A role that somebody holds; `stands_in_for` is a user name or empty."""

    username: str
    role: str
    department: str
    valid_from: date
    valid_to: date | None
    stands_in_for: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A member of the staff; `name` is the person's, or the user name where none is kept."""

    username: str
    name: str
    staff_code: str
    department: str
    roles: tuple[str, ...]


def actor_of(user: User) -> Actor:
    """A member of the staff with the roles that he holds today."""
    rows = user.posts.select_related("stands_in_for")
    today = [p for p in rows if _holds(p, local_date())] if user.is_active else []
    own = [p for p in today if p.stands_in_for is None] or today
    names = sorted({p.stands_in_for.username for p in today if p.stands_in_for})
    return Actor(
        "staff",
        user.username,
        user.id,
        roles=frozenset(p.role for p in today),
        department=own[0].department if own else "",
        on_behalf_of=", ".join(names),
    )


def by_name(username: str) -> Actor:
    """The member of the staff of a user name. Raises NotFound."""
    return replace(actor_of(_user(username)), request_id="cli")


@query(staff=STAFF, system=BATCHES)
def names_of(staff_codes: Collection[str]) -> dict[str, str]:
    """Staff code to name, of those who have one."""
    rows = User.objects.filter(staff_code__in=set(staff_codes) - {""})
    found = {user.staff_code: user.get_full_name() for user in rows}
    return {code: name for code, name in found.items() if name}


@open_to_all("one's own code")
def own_code() -> str:
    """Under which code the actor serves: his staff code, or his user name where he has none; ""
    of whoever is no member of the staff."""
    actor = current_actor()
    if actor.kind != "staff" or actor.id is None:
        return ""
    code = User.objects.filter(id=actor.id).values_list("staff_code", flat=True).first()
    return code or actor.label


@query(staff=STAFF, system=BATCHES)
def holder_of(code: str) -> str:
    """The code (see own_code) of the member of the staff with this code or user name, who holds
    a role today. Raises NotFound."""
    named = Q(user__staff_code=code) | Q(user__username=code)
    post = _in_force(local_date()).filter(named).select_related("user").first() if code else None
    if post is None:
        raise NotFound(
            "core.staff.unknown",
            _("There is no member of the staff %(name)s.") % {"name": code},
        )
    return post.user.staff_code or post.user.username


@query(staff=STAFF, system=BATCHES)
def codes_of(role: str, on: date | None = None) -> dict[str, str]:
    """Code to department of everybody who holds a role on a day, in his own right."""
    rows = _in_force(on or local_date()).filter(role=role, stands_in_for=None)
    found = rows.select_related("user").order_by("user__username")
    return {p.user.staff_code or p.user.username: p.department for p in found}


@query(staff=STAFF, system=BATCHES)
def people() -> list[PersonView]:
    """Everybody who holds a role today, by user name."""
    today = local_date()
    held: dict[UUID, list[StaffPost]] = {}
    rows = _in_force(today).select_related("user").order_by("user__username", "role")
    for post in rows:
        held.setdefault(post.user_id, []).append(post)
    return [
        PersonView(
            found[0].user.username,
            str(found[0].user),
            found[0].user.staff_code,
            found[0].department,
            tuple(p.role for p in found),
        )
        for found in held.values()
    ]


@query(staff=STAFF, system=BATCHES)
def full_names() -> dict[str, str]:
    """The name of everybody who ever was on the staff, by user name; read once a request."""

    def read() -> dict[str, str]:
        return {u.username: str(u) for u in User.objects.filter(kind=User.Kind.STAFF)}

    return dict(kept("staff", "names", read))


@query(staff=STAFF, system=BATCHES)
def posts(*, ended: bool = False) -> list[PostView]:
    """Who holds which role today or from a later day on; with `ended` all of them."""
    rows = StaffPost.objects.select_related("user", "stands_in_for")
    if not ended:
        rows = rows.filter(Q(valid_to=None) | Q(valid_to__gt=local_date()))
    return [
        PostView(
            p.user.username, p.role, p.department, p.valid_from, p.valid_to,
            p.stands_in_for.username if p.stands_in_for else "",
        )
        for p in rows.order_by("user__username", "role", "valid_from")
    ]  # fmt: skip


@command(staff=LEADS)
@transaction.atomic
def propose_post(
    username: str,
    role: str,
    department: str,
    valid_from: date,
    valid_to: date | None = None,
    stands_in_for: str = "",
) -> object:
    """Propose that somebody joins, moves to a role, or stands in for a colleague until a day;
    returns the approval's id. Raises InvalidInput, NotFound, Refused for one's own person."""
    user = _user(username)
    if role not in STAFF_ROLES:
        raise InvalidInput("core.staff.role", _("There is no role %(role)s.") % {"role": role})
    if stands_in_for and valid_to is None:
        raise InvalidInput("core.staff.until", _("Standing in needs a last day."))
    if stands_in_for:
        _user(stands_in_for)
    if current_actor().id == user.id:
        raise _own()
    payload = {
        "username": username, "role": role, "department": department,
        "valid_from": valid_from.isoformat(),
        "valid_to": valid_to.isoformat() if valid_to else None, "stands_in_for": stands_in_for,
    }  # fmt: skip
    return approvals.propose(POST, payload, key=f"{username}:{role}"[:80])


@command(staff=LEADS)
@transaction.atomic
def end_post(username: str, role: str) -> None:
    """A role of somebody ends today, whether his own or one that he stands in with; one person
    is enough to take a right away. Raises NotFound; Refused for one's own and for the last of
    a deciding role."""
    user = _another(username)
    _require_another(user, [role])
    if not _end(user, StaffPost.objects.filter(user=user, role=role)):
        raise NotFound(
            "core.staff.no_post",
            _("%(name)s does not hold the role %(role)s.") % {"name": username, "role": role},
        )


@command(staff=LEADS)
@transaction.atomic
def leave(username: str) -> None:
    """Somebody leaves today: his posts end, his sessions with them, and the customers whom he
    served go to the pool. Raises NotFound; Refused as `end_post`."""
    user = _another(username)
    rows = StaffPost.objects.filter(user=user)
    _require_another(user, sorted(set(rows.values_list("role", flat=True))))
    _end(user, rows)
    User.objects.filter(id=user.id).update(is_active=False)
    on = local_date().isoformat()
    emit(LEFT, str(user.id), {"staff_code": user.staff_code, "on": on})


def _another(username: str) -> User:
    user = _user(username)
    if current_actor().id == user.id:
        raise _own()
    return user


def _end(user: User, rows: QuerySet[StaffPost]) -> int:
    """What has not begun never does; what holds ends today. How many there were."""
    today = local_date()
    planned, _by_model = rows.filter(valid_from__gt=today).delete()
    return planned + rows.filter(Q(valid_to=None) | Q(valid_to__gt=today)).update(valid_to=today)


def _require_another(user: User, given_up: Sequence[str]) -> None:
    """Somebody else holds each deciding role that is given up, for good and in his own right:
    who stands in is gone one day. Those who serve customers decide small things among many,
    and may go. The rows are locked, so that two who are taken the same role at once wait for
    each other."""
    today = local_date()
    deciding = frozenset[str]().union(*(kind.decide for kind in approvals.kinds())) - SERVICE
    for role in sorted(deciding.intersection(given_up)):
        # Whoever is about to end one of these posts waits here for the other.
        list(StaffPost.objects.select_for_update().filter(role=role).order_by("id"))
        held = _in_force(today).filter(role=role, stands_in_for=None)
        if not held.filter(user=user).exists():
            continue
        if not held.filter(valid_to=None).exclude(user=user).exists():
            raise Refused(
                "core.staff.last_of_role",
                _("%(name)s is the last %(role)s.") % {"name": user.username, "role": role},
                remedy=_("Give the role to somebody else first."),
            )


def _describe(payload: approvals.Payload) -> approvals.Change:
    held = ", ".join(sorted(actor_of(_user(payload["username"])).roles))
    until = payload["valid_to"] or ""
    days = f"{payload['valid_from']} – {until}"
    lines = [
        approvals.Line(_("Role"), held, payload["role"]),
        approvals.Line(_("Days"), "", days),
    ]
    if payload["stands_in_for"]:
        lines.append(approvals.Line(_("Stands in for"), "", payload["stands_in_for"]))
    return approvals.Change(
        _("%(name)s as %(role)s") % {"name": payload["username"], "role": payload["role"]},
        tuple(lines),
    )


@approvals.approval_kind(
    POST,
    title=cast(str, gettext_lazy("Role of a member of the staff")),
    propose=LEADS,
    decide=LEADS,
    describe=_describe,
)
def _give(payload: approvals.Payload) -> None:
    user = _user(payload["username"])
    if user.username in people_in(current_actor().on_behalf_of):
        raise _own()
    day = date.fromisoformat
    StaffPost.objects.create(
        user=user,
        role=payload["role"],
        department=payload["department"],
        valid_from=day(payload["valid_from"]),
        valid_to=day(payload["valid_to"]) if payload["valid_to"] else None,
        stands_in_for=_user(payload["stands_in_for"]) if payload["stands_in_for"] else None,
    )


def _in_force(on: date) -> QuerySet[StaffPost]:
    rows = StaffPost.objects.filter(valid_from__lte=on, user__is_active=True)
    return rows.filter(Q(valid_to=None) | Q(valid_to__gt=on))


def _holds(post: StaffPost, on: date) -> bool:
    return post.valid_from <= on and (post.valid_to is None or post.valid_to > on)


def _user(username: str) -> User:
    user = User.objects.filter(username=username, kind=User.Kind.STAFF, is_active=True).first()
    if user is None:
        raise NotFound(
            "core.staff.unknown",
            _("There is no member of the staff %(name)s.") % {"name": username},
        )
    return user


def _own() -> Refused:
    return Refused(
        "core.staff.own_post",
        _("Nobody decides about his own post."),
        remedy=_("Ask two colleagues."),
    )
