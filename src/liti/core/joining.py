"""Who comes to the staff, and who comes back: proposed by one person, decided by another.

The new colleague sets his own password by an invitation that is shown once and that nobody
who proposed him may ask for. A leaver who returns begins anew: neither his old password nor
his old second factors come back with him.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import cast
from uuid import UUID

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import approvals
from liti.core.authority import command
from liti.core.context import current_actor
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.models import Approval, StaffPost, User
from liti.core.roles import STAFF_ROLES, roles
from liti.core.staff import LEADS

JOINING, INVITED = "core.staff.joining", "core.staff.invited"
PROPOSERS = LEADS | roles("engineer")
# Trails join names with blanks and commas, so a name has none.
USERNAME = re.compile(r"[a-z][a-z0-9._-]{1,29}")


@dataclass(frozen=True, slots=True)
class Invitation:
    """The way to a first password, shown this once: an address of the house, good once and
    for `lasts`."""

    username: str
    path: str
    lasts: timedelta


@command(staff=PROPOSERS)
@transaction.atomic
def propose_joining(
    username: str,
    full_name: str,
    role: str,
    department: str,
    valid_from: date,
    staff_code: str = "",
) -> UUID:
    """Propose a new member of the staff with a first role; returns the approval's id.

    Raises InvalidInput (name, role), Conflict (the user name or staff code is taken).
    """
    if not USERNAME.fullmatch(username):
        raise InvalidInput(
            "core.staff.username",
            _("A user name has 2 to 30 small letters, digits, dots and dashes."),
            field="username",
        )
    if not full_name.strip():
        raise InvalidInput("core.staff.name", _("Give the person’s name."), field="full_name")
    return _propose(
        username, role, department, valid_from,
        {"full_name": full_name.strip()[:150], "staff_code": staff_code.strip()[:20]},
    )  # fmt: skip


@command(staff=PROPOSERS)
@transaction.atomic
def propose_return(username: str, role: str, department: str, valid_from: date) -> UUID:
    """Propose that somebody who left is taken back with a role; returns the approval's id.

    Raises NotFound (nobody of that name has left), InvalidInput (role).
    """
    return _propose(username, role, department, valid_from, None)


@command(staff=LEADS)
@transaction.atomic
def invite(username: str) -> Invitation:
    """The invitation of a colleague who has no password yet; an earlier one is void from now.

    Raises NotFound, Conflict (he has a password), Refused for whoever proposed him: one person
    alone would come in under a name that he made up.
    """
    user = (
        User.objects.select_for_update()
        .filter(username=username, kind=User.Kind.STAFF, is_active=True)
        .first()
    )
    if user is None:
        raise NotFound(
            "core.staff.unknown",
            _("There is no member of the staff %(name)s.") % {"name": username},
        )
    if user.has_usable_password():
        raise Conflict(
            "core.staff.has_password",
            _("%(name)s has a password already.") % {"name": username},
        )
    made = Approval.objects.filter(kind=JOINING, key=username, state=Approval.State.APPROVED)
    if made.filter(maker_id=current_actor().id).exists():
        raise Refused(
            "core.staff.own_invitation",
            _("You proposed %(name)s yourself.") % {"name": username},
            remedy=_("Ask a colleague to hand the invitation over."),
        )
    user.set_unusable_password()
    user.save(update_fields=["password"])
    key = f"{user_pk_to_url_str(user)}-{default_token_generator.make_token(user)}"
    uid, _dash, token = key.partition("-")
    path = reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
    emit(INVITED, str(user.id), {"username": username})
    return Invitation(username, path, timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT))


def may_be_invited(username: str) -> bool:
    """Whether somebody is on the staff and has set no password yet."""
    user = User.objects.filter(username=username, kind=User.Kind.STAFF, is_active=True).first()
    return user is not None and not user.has_usable_password()


def has_left(username: str) -> bool:
    """Whether somebody was a member of the staff and is none now."""
    return User.objects.filter(username=username, kind=User.Kind.STAFF, is_active=False).exists()


def _propose(
    username: str, role: str, department: str, on: date, new: Mapping[str, str] | None
) -> UUID:
    if role not in STAFF_ROLES:
        raise InvalidInput("core.staff.role", _("There is no role %(role)s.") % {"role": role})
    payload: approvals.Payload = {
        "username": username, "role": role, "department": department,
        "valid_from": on.isoformat(), "new": dict(new) if new is not None else None,
    }  # fmt: skip
    _require_free(payload)
    return approvals.propose(JOINING, payload, key=username)


def _require_free(payload: approvals.Payload) -> None:
    """A new name and code are nobody's; who returns has been here and left."""
    name, new = payload["username"], payload["new"]
    if new is None:
        if not has_left(name):
            raise NotFound(
                "core.staff.not_left", _("Nobody named %(name)s has left.") % {"name": name}
            )
        return
    if User.objects.filter(username=name).exists():
        raise Conflict(
            "core.staff.taken",
            _("The user name %(name)s is taken.") % {"name": name},
            remedy=_("Choose another name, or take the one who left back."),
        )
    code = new["staff_code"]
    if code and User.objects.filter(staff_code=code).exists():
        raise Conflict(
            "core.staff.code_taken", _("The staff code %(code)s is taken.") % {"code": code}
        )


def _describe(payload: approvals.Payload) -> approvals.Change:
    words, new = {"name": payload["username"]}, payload["new"]
    lines = [
        approvals.Line(_("Role"), "", payload["role"]),
        approvals.Line(_("Department"), "", payload["department"]),
        approvals.Line(_("Days"), "", f"{payload['valid_from']} –"),
    ]
    if new is None:
        return approvals.Change(_("%(name)s comes back to the staff") % words, tuple(lines))
    lines[:0] = [approvals.Line(_("Name"), "", new["full_name"])]
    if new["staff_code"]:
        lines.append(approvals.Line(_("Staff code"), "", new["staff_code"]))
    return approvals.Change(_("%(name)s joins the staff") % words, tuple(lines))


@approvals.approval_kind(
    JOINING,
    title=cast(str, gettext_lazy("New or returning member of the staff")),
    propose=PROPOSERS,
    decide=LEADS,
    describe=_describe,
)
def _take_in(payload: approvals.Payload) -> None:
    _require_free(payload)
    new = payload["new"]
    if new is None:
        user = User.objects.select_for_update().get(username=payload["username"])
        Authenticator.objects.filter(user=user).delete()
        user.is_active = True
    else:
        user = User(
            username=payload["username"],
            kind=User.Kind.STAFF,
            first_name=new["full_name"],
            staff_code=new["staff_code"],
        )
    user.department = payload["department"]
    user.set_unusable_password()
    user.save()
    StaffPost.objects.create(
        user=user,
        role=payload["role"],
        department=payload["department"],
        valid_from=date.fromisoformat(payload["valid_from"]),
    )
