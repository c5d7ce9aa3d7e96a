"""What is done with members of the staff: a role is proposed, a post ends, somebody leaves."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import DEPARTMENTS, labelled
from liti.console.commands import LIST, Command, Input, Shown, Summary, register
from liti.console.resources import Fact
from liti.core import joining, staff
from liti.core.clock import local_date
from liti.core.roles import STAFF_ROLES


def _page(username: str) -> str:
    return reverse("console:detail", args=["staff", username])


def _list(_key: str = "") -> str:
    return reverse("console:list", args=["staff"])


def _held(username: str) -> list[str]:
    return sorted({p.role for p in staff.posts() if p.username == username})


def _invitation(made: joining.Invitation) -> Shown:
    return Shown(
        _("The invitation"),
        _("It is shown this once and kept nowhere: hand it over to the person alone."),
        [
            Fact(_("User name"), made.username, "mono"),
            Fact(_("Address for the first password"), made.path, "mono"),
            Fact(_("Good for days"), made.lasts.days, "number"),
        ],
    )


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
FIRST = {name: POST[name] for name in ("role", "department", "valid_from")}
register(
    Command(
        "propose-joining",
        joining.propose_joining,
        _("Propose a new member of the staff"),
        "staff",
        LIST,
        inputs={
            "username": Input(_("User name"), length=30),
            "full_name": Input(_("Name"), length=150),
            "staff_code": Input(_("Staff code"), length=20, required=False),
            **FIRST,
        },
        back=_list,
        message=_("The new colleague waits for another’s decision."),
        approval=True,
    ),
    Command(
        "propose-return",
        joining.propose_return,
        _("Propose to take the person back"),
        "staff",
        fills=lambda username: {"username": username},
        subject=lambda username: username,
        offered=joining.has_left,
        inputs=FIRST,
        preview=lambda _arguments: Summary(
            effects=[_("The old password and second factors do not come back.")]
        ),
        back=_page,
        message=_("The return waits for a colleague’s decision."),
        approval=True,
    ),
    Command(
        "invite-staff",
        joining.invite,
        _("Give the invitation out"),
        "staff",
        fills=lambda username: {"username": username},
        subject=lambda username: username,
        offered=joining.may_be_invited,
        preview=lambda _arguments: Summary(
            effects=[_("An invitation that was given out before is void.")]
        ),
        back=_page,
        shows=_invitation,
    ),
    Command(
        "propose-first-post",
        staff.propose_post,
        _("Propose a role"),
        "staff",
        LIST,
        inputs={"username": Input(_("User name"), length=150), **POST},
        back=_list,
        message=_("The role waits for a colleague’s decision."),
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
        message=_("The role waits for a colleague’s decision."),
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
