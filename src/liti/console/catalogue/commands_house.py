"""Dated parameters are proposed as a person writes them, and hold when another agrees."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import local, scope_name
from liti.console.commands import Command, Input, Summary, register
from liti.console.resources import Fact
from liti.core import params
from liti.core.clock import business_date


def _page(code: str) -> str:
    return reverse("console:detail", args=["parameters", code])


def _subject(code: str) -> str:
    return f"{local(params.parameter(code)[0])} · {code}"


def _scopes(filled: Any) -> list[tuple[str, str]]:
    known = {p.scope for p in params.parameter(filled["code"])}
    declared = params.declarations().get(filled["code"])
    known |= set(declared.scopes) if declared else set()
    return [(s, scope_name(s)) for s in sorted(known) if s]


def _now(filled: Any) -> str:
    values = params.parameter(filled["code"])
    declared = params.declarations()[filled["code"]]
    return declared.show(next((v.value for v in values if not v.scope), values[0].value))


def _holding(arguments: dict[str, Any]) -> Summary:
    code, scope = arguments["code"], arguments.get("scope", "")
    declared = params.declarations()[code]
    understood = declared.show(declared.parse(arguments["value"]))
    facts = [
        Fact(gettext("From %(day)s") % {"day": v.valid_from}, declared.show(v.value))
        for v in params.parameter(code)
        if v.scope == scope
    ]
    facts.append(Fact(gettext("The new value, as understood"), understood))
    words = {"day": arguments["valid_from"].isoformat()}
    return Summary(
        facts, [gettext("The value below holds from %(day)s until the next one begins.") % words]
    )


def _ending(arguments: dict[str, Any]) -> Summary:
    words = {"day": arguments["valid_from"].isoformat()}
    return Summary(effects=[gettext("From %(day)s on there is no value.") % words])


FROM = Input(_("In force from"), low=business_date)
SCOPE = Input(
    _("Scope"),
    choices=_scopes,
    required=False,
    help=_("Left empty it is the value for all others."),
)
register(
    Command(
        "propose-parameter",
        params.propose_parameter,
        _("Propose a value"),
        "parameters",
        fills=lambda code: {"code": code},
        subject=_subject,
        inputs={
            "value": Input(
                _("Value"),
                initial=_now,
                rows=2,
                length=2000,
                help=_("As you would write it: 5,000.00 yuan, 0.35%, a list with commas."),
            ),
            "valid_from": FROM,
            "scope": SCOPE,
            "regulation": Input(_("Regulation"), length=160),
            "article": Input(pgettext_lazy("regulation", "Article"), length=60),
        },
        preview=_holding,
        back=_page,
        message=_("The value waits for a colleague’s decision."),
        approval=True,
        primary=True,
    ),
    Command(
        "propose-parameter-end",
        params.propose_parameter_end,
        _("Propose that it ends"),
        "parameters",
        fills=lambda code: {"code": code},
        subject=_subject,
        offered=lambda code: bool((d := params.declarations().get(code)) and d.optional),
        inputs={"valid_from": FROM, "scope": SCOPE},
        preview=_ending,
        back=_page,
        message=_("The end waits for a colleague’s decision."),
        approval=True,
    ),
)
