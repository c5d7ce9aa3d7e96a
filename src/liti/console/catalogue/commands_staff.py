"""What is done with members of the staff: a role is proposed, a post ends, somebody leaves."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import DEPARTMENTS, labelled
from liti.console.commands import LIST, Command, Input, Summary, register
from liti.core import staff
from liti.core.clock import local_date
from liti.core.roles import STAFF_ROLES


def _page(username: str) -> str:
    return reverse("console:detail", args=["staff", username])


def _list(_key: str = "") -> str:
    return reverse("console:list", args=["staff"])


def _approval(_arguments: Any, approval_id: Any) -> str:
    return reverse("console:approval", args=[approval_id])


def _held(username: str) -> list[str]:
    return sorted({p.role for p in staff.posts() if p.username == username})


POST: dict[str, Input] = {
    "role": Input(_("Role"), choices=labelled(STAFF_ROLES)),
    "department": Input(_("Department"), choices=labelled(DEPARTMENTS)),
    "valid_from": Input(_("From"), low=local_date),
    "valid_to": Input(
        _("Until before"),
        low=local_date,
        help=_("The first day without it; left empty it holds for good."),
    ),
    "stands_in_for": Input(
        _("Stands in for"), length=150, help=_("The colleague’s user name, if it is his work.")
    ),
}
register(
    Command(
        "propose-first-post",
        staff.propose_post,
        _("Propose a role"),
        "staff",
        LIST,
        inputs={"username": Input(_("User name"), length=150), **POST},
        back=_list,
        result=_approval,
        message=_("The role waits for a colleague’s decision."),
        confirm=_("Propose it"),
        approval=True,
        primary=True,
    ),
    Command(
        "propose-post",
        staff.propose_post,
        _("Propose a role"),
        "staff",
        fills=lambda username: {"username": username},
        subject=lambda username: username,
        inputs=POST,
        back=_page,
        result=_approval,
        message=_("The role waits for a colleague’s decision."),
        confirm=_("Propose it"),
        approval=True,
        primary=True,
    ),
    Command(
        "end-post",
        staff.end_post,
        _("End a role"),
        "staff",
        fills=lambda username: {"username": username},
        subject=lambda username: username,
        offered=lambda username: bool(_held(username)),
        inputs={
            "role": Input(
                _("Role"),
                choices=lambda filled: labelled(_held(filled["username"]))(filled),
            )
        },
        preview=lambda _arguments: Summary(effects=[_("The role is gone at once.")]),
        back=_page,
        result=lambda arguments, _none: _page(arguments["username"]),
        message=_("The role is ended."),
        danger=True,
    ),
    Command(
        "staff-leaves",
        staff.leave,
        _("Record that the person leaves"),
        "staff",
        fills=lambda username: {"username": username},
        subject=lambda username: username,
        offered=lambda username: bool(_held(username)),
        preview=lambda _arguments: Summary(
            effects=[
                _("All roles end today and the person is signed out at once."),
                _("The customers whom the person served go to the central team."),
            ]
        ),
        back=_page,
        result=lambda arguments, _none: _page(arguments["username"]),
        message=_("The person has left."),
        danger=True,
    ),
)
