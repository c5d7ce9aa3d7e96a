"""Pages of groups: segments with their rule and members."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.console.access import CUSTOMERS, GROUPS, may
from liti.console.history import history_panel
from liti.console.resources import Column, Detail, Fact, Panel, Query, Resource, register
from liti.console.who import named
from liti.core.texts import local
from liti.groups import queries as groups
from liti.groups.queries import CriterionView, SegmentView, rule_text
from liti.ui.labels import label_of

MEMBERS_SHOWN = 50


def _segments(query: Query) -> Sequence[SegmentView]:
    return [
        s
        for s in groups.segments()
        if query.text.lower() in f"{s.code} {s.name_zh} {s.name_en}".lower()
    ]


def _segment(code: str) -> Detail:
    found = groups.segment(code)
    members = groups.members(code, limit=MEMBERS_SHOWN)
    people = named([m.party_id for m in members])
    since = {m.party_id: m.since for m in members}
    opens = may(CUSTOMERS)
    return Detail(
        title=local(found),
        subtitle=found.code,
        facts=[
            Fact(_("Members"), found.members, "number"),
            Fact(_("Owner"), found.owner_department, "label"),
            Fact(_("Version"), found.version),
            Fact(_("In force from"), found.valid_from, "date"),
        ],
        panels=[
            Panel(_("Rule"), text=rule_text(found.rule), width=5),
            Panel(
                _("Members"),
                columns=[
                    Column("name", _("Customer"), "avatar"),
                    Column("mobile", _("Mobile"), "mono"),
                    Column("since", _("In the group since"), "date", lambda p: since[p.id]),
                ],
                rows=people,
                note=gettext("The first %(count)d, longest in the group first.")
                % {"count": MEMBERS_SHOWN},
                link=(lambda p: reverse("console:customer", args=[p.id])) if opens else None,
                width=7,
                empty=_("Nobody is in this group now"),
            ),
            history_panel(groups.segment_history(code), VERSIONS, {"rule": rule_text}),
        ],
    )


VERSIONS = {
    "name_zh": _("Name in Chinese"),
    "name_en": _("Name in English"),
    "rule": _("Rule"),
    "owner_department": _("Owner"),
    "valid_from": _("From"),
    "valid_to": _("To"),
}
CRITERION = {
    "outcome": _("Gives"),
    "position": _("Place in the order"),
    "reason_zh": _("Reason in Chinese"),
    "reason_en": _("Reason in English"),
    "rule": _("Rule"),
}


def _criteria(query: Query) -> Sequence[CriterionView]:
    return [
        c
        for c in groups.criteria()
        if query.text.lower() in f"{c.code} {c.reason_zh} {c.reason_en}".lower()
    ]


def _criterion(code: str) -> Detail:
    found = groups.criterion(code)
    return Detail(
        title=local(found, "reason"),
        subtitle=found.code,
        facts=[
            Fact(_("For"), found.purpose, "label"),
            Fact(_("Gives"), found.outcome, "label"),
            Fact(_("Place in the order"), found.place, "number"),
        ],
        panels=[
            Panel(_("Rule"), text=rule_text(found.rule)),
            history_panel(
                groups.criterion_history(code),
                CRITERION,
                {"rule": rule_text, "outcome": label_of},
            ),
        ],
    )


register(
    Resource(
        name="criteria",
        title=_("Criteria of stages"),
        group="operation",
        icon="layers",
        roles=GROUPS,
        order=32,
        about=_("By which rules a customer is in a stage, or badly served; the first stage wins."),
        search=_("Reason or code"),
        columns=[
            Column("reason", _("Reason"), value=lambda c: local(c, "reason")),
            Column("code", _("Code"), "mono"),
            Column("purpose", _("For"), "label"),
            Column("outcome", _("Gives"), "label"),
            Column("place", _("Place in the order"), "number"),
        ],
        whole=_criteria,
        link=lambda c: reverse("console:detail", args=["criteria", c.code]),
        detail=_criterion,
        empty=_("No criteria yet"),
    ),
)
register(
    Resource(
        name="groups",
        title=_("Groups"),
        group="operation",
        icon="layers",
        roles=GROUPS,
        order=31,
        about=_("Which customers belong together, by a rule that anyone can read."),
        search=_("Name or code"),
        columns=[
            Column("name", _("Group"), "local", value=lambda s: s),
            Column("code", _("Code"), "mono"),
            Column("owner_department", _("Owner"), "label"),
            Column("members", _("Members"), "number"),
            Column("version", _("Version"), "number"),
            Column("valid_from", _("In force from"), "date"),
        ],
        whole=_segments,
        link=lambda s: reverse("console:detail", args=["groups", s.code]),
        detail=_segment,
        empty=_("No groups yet"),
        hint=_("They are computed by the day’s run."),
    ),
)
