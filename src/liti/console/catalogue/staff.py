"""Members of the staff: who is on which post since and until when, and for whom he stands in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import STAFF
from liti.console.resources import Column, Detail, Fact, Filter, Panel, Query, Resource, register
from liti.core import staff
from liti.core.clock import local_date
from liti.core.errors import NotFound
from liti.core.staff import PostView

SHOWN = [("ended", _("Also what is over"))]


def _posts(query: Query) -> Sequence[PostView]:
    wanted, known = query.text.lower(), staff.full_names()
    return [
        p
        for p in staff.posts(ended=query.filters.get("shown") == "ended")
        if wanted in f"{known.get(p.username, '')} {p.username} {p.role}".lower()
    ]


def _state(post: PostView) -> str:
    today: date = local_date()
    if post.valid_to is not None and post.valid_to <= today:
        return "ended"
    return "active" if post.valid_from <= today else "planned"


def _member(username: str) -> Detail:
    found = [p for p in staff.posts(ended=True) if p.username == username]
    if not found:
        raise NotFound("console.no_detail", f"{_('Staff')} {username}")
    held = [p for p in found if _state(p) == "active"]
    return Detail(
        title=staff.full_names().get(username, username),
        subtitle=username,
        state="active" if held else "ended",
        facts=[
            Fact(_("Roles today"), [p.role for p in held], "labels"),
            Fact(_("Stands in for"), " / ".join(_covered(held)), "people"),
        ],
        panels=[
            Panel(
                _("Posts, with those that are over"),
                columns=COLUMNS[2:],
                rows=sorted(found, key=lambda p: p.valid_from, reverse=True),
            ),
            Panel(
                _("Who stands in for this person"),
                columns=COLUMNS[:-1],
                rows=[p for p in staff.posts(ended=True) if p.stands_in_for == username],
                empty=_("Nobody stood in yet"),
            ),
        ],
    )


def _covered(held: Sequence[PostView]) -> list[str]:
    return [p.stands_in_for for p in held if p.stands_in_for]


COLUMNS = [
    Column("name", _("Name"), "people", value=lambda p: p.username),
    Column("username", _("User name"), "mono"),
    Column("role", _("Role"), "label"),
    Column("department", _("Department"), "label"),
    Column("valid_from", _("From"), "date"),
    Column("valid_to", _("Until before"), "date"),
    Column("state", _("State"), "badge", value=_state),
    Column("stands_in_for", _("Stands in for"), "people"),
]
register(
    Resource(
        name="staff",
        title=_("Staff"),
        group="house",
        icon="users",
        roles=STAFF,
        order=79,
        about=_("Who holds which role by day. Two others give it, never the person himself."),
        search=_("Name, user name or role"),
        filters=[Filter("shown", _("What holds or will hold"), lambda: SHOWN)],
        columns=COLUMNS,
        whole=_posts,
        link=lambda p: reverse("console:detail", args=["staff", p.username]),
        detail=_member,
        empty=_("No post yet"),
    )
)
