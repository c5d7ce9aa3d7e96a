"""Segments are proposed: a rule line by line, whom it reaches, and then a colleague's word."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import DEPARTMENTS, labelled, local
from liti.console.commands import LIST, Command, Input, Summary, register
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.groups import queries as groups
from liti.groups import services


def _page(code: str) -> str:
    return reverse("console:detail", args=["groups", code])


def _proposing(arguments: dict[str, Any]) -> Summary:
    found = services.preview(arguments["rule"], sample=0)
    words = {"count": f"{found.count:,}", "all": f"{found.customers:,}"}
    return Summary(
        effects=[
            gettext("The rule finds %(count)s of %(all)s customers today.") % words,
            gettext("Members follow at the end of the day on which the version begins."),
        ]
    )


def _now(field: str) -> Any:
    """What the newest version says, as the form's beginning."""
    return lambda filled: getattr(groups.segment(filled["code"]), field)


def _propose(
    code: str, name_zh: str, name_en: str, owner_department: str, rule: Any, valid_from: date
) -> UUID:
    return services.propose_segment(
        code,
        name_zh=name_zh,
        name_en=name_en,
        rule=rule,
        owner_department=owner_department,
        valid_from=valid_from,
    )


def _inputs(*, again: bool) -> Mapping[str, Input]:
    """The same questions for a new segment and for the next version of one."""
    code = Input(_("Code"), length=40, help=_("Letters, digits, underscores: salary_customers."))
    asked = {
        "name_zh": Input(
            _("Name in Chinese"), length=60, initial=_now("name_zh") if again else None
        ),
        "name_en": Input(
            _("Name in English"), length=60, initial=_now("name_en") if again else None
        ),
        "owner_department": Input(
            _("Owner"),
            choices=labelled(DEPARTMENTS),
            initial=_now("owner_department")
            if again
            else lambda _filled: current_actor().department,
        ),
        "rule": Input(
            _("Rule"),
            kind="rule",
            initial=_now("rule") if again else None,
            help=_(
                "All lines must hold; OR joins a line to the one above. Several values are"
                " parted by semicolons; @code takes a parameter’s value of the day."
            ),
        ),
        "valid_from": Input(
            _("In force from"), low=business_date, initial=lambda _filled: business_date()
        ),
    }
    return asked if again else {"code": code, **asked}


register(
    Command(
        "propose-segment",
        services.propose_segment,
        _("Define a segment"),
        "groups",
        LIST,
        calls=_propose,
        inputs=_inputs(again=False),
        preview=_proposing,
        back=lambda _key: reverse("console:list", args=["groups"]),
        message=_("The segment waits for a colleague’s decision."),
        approval=True,
        primary=True,
    ),
    Command(
        "propose-segment-version",
        services.propose_segment,
        _("Propose a new version"),
        "groups",
        calls=_propose,
        fills=lambda code: {"code": code},
        subject=lambda code: f"{local(groups.segment(code))} · {code}",
        inputs=_inputs(again=True),
        preview=_proposing,
        back=_page,
        message=_("The version waits for a colleague’s decision."),
        approval=True,
    ),
)


def _criterion_now(field: str) -> Any:
    return lambda filled: getattr(groups.criterion(filled["code"]), field)


def _as_it_is(code: str) -> dict[str, Any]:
    return {"code": code, "purpose": groups.criterion(code).purpose}


def _finding(arguments: dict[str, Any]) -> Summary:
    found = services.preview(arguments["rule"], sample=0)
    words = {"count": f"{found.count:,}", "all": f"{found.customers:,}"}
    return Summary(
        effects=[
            gettext("The rule finds %(count)s of %(all)s customers today.") % words,
            gettext("It holds from the first end of a day after a colleague’s decision on."),
        ]
    )


PURPOSES = ("stage", "diagnosis")
STAGES = (
    "prospect", "authorised_user", "acquired", "active", "growth", "retained", "decline", "lost",
    "win_back",
)  # fmt: skip
GAPS = ("served_badly", "cannot_be_served", "not_reached")
PURPOSE = {"purpose": Input(_("For"), choices=labelled(PURPOSES))}


def _criterion_inputs(*, again: bool) -> Mapping[str, Input]:
    def now(field: str) -> Any:
        return _criterion_now(field) if again else None

    code = Input(_("Code"), length=40, help=_("Letters, digits, underscores: salary_customers."))
    asked = {
        "outcome": Input(_("Gives"), choices=labelled((*STAGES, *GAPS)), initial=now("outcome")),
        "place": Input(
            _("Place in the order"), initial=now("place"), help=_("The first stage that fits wins.")
        ),
        "reason_zh": Input(_("Reason in Chinese"), length=120, initial=now("reason_zh")),
        "reason_en": Input(_("Reason in English"), length=120, initial=now("reason_en")),
        "rule": Input(
            _("Rule"),
            kind="rule",
            initial=now("rule"),
            help=_(
                "All lines must hold; OR joins a line to the one above. Several values are"
                " parted by semicolons; @code takes a parameter’s value of the day."
            ),
        ),
    }
    return asked if again else {"code": code, **PURPOSE, **asked}


register(
    Command(
        "propose-criterion",
        services.propose_criterion,
        _("Propose a criterion"),
        "criteria",
        LIST,
        inputs=_criterion_inputs(again=False),
        preview=_finding,
        back=lambda _key: reverse("console:list", args=["criteria"]),
        message=_("The criterion waits for a colleague’s decision."),
        approval=True,
        primary=True,
    ),
    Command(
        "propose-criterion-change",
        services.propose_criterion,
        _("Propose a change"),
        "criteria",
        fills=_as_it_is,
        subject=lambda code: f"{local(groups.criterion(code), 'reason')} · {code}",
        inputs=_criterion_inputs(again=True),
        preview=_finding,
        back=lambda code: reverse("console:detail", args=["criteria", code]),
        message=_("The criterion waits for a colleague’s decision."),
        approval=True,
    ),
)
