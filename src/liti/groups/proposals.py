"""A segment changes by proposal: one person words the rule, another sees whom it reaches."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import approvals
from liti.core.approvals import Change, Line, Link, Payload, approval_kind
from liti.core.authority import command
from liti.core.clock import business_date
from liti.core.errors import InvalidInput
from liti.core.roles import OPERATION, roles
from liti.groups import segments
from liti.groups.models import Segment
from liti.groups.words import rule_text

SEGMENT = "groups.segment"


@command(staff=OPERATION, system=("groups",))
def propose_segment(
    code: str,
    *,
    name_zh: str,
    name_en: str,
    rule: dict[str, Any],
    owner_department: str,
    valid_from: date | None = None,
) -> UUID:
    """Ask for a new segment, or the next version of one; returns the approval's id.

    Raises InvalidInput naming the field: a code that is none, a day in the past, a rule that
    is not understood.
    """
    segments.require_code(code)
    day = valid_from or business_date()
    if day < business_date():
        raise InvalidInput(
            "groups.begins_in_the_past",
            _("A version begins today or later."),
            field="valid_from",
        )
    segments.preview(rule, sample=0)
    payload = {
        "code": code,
        "name_zh": name_zh,
        "name_en": name_en,
        "rule": rule,
        "owner_department": owner_department,
        "valid_from": day.isoformat(),
    }
    return approvals.propose(SEGMENT, payload, key=code)


def _describe(payload: Payload) -> Change:
    now = Segment.objects.filter(code=payload["code"], valid_to=None).first()
    found = segments.preview(payload["rule"], sample=0)
    before = {
        "name_zh": now.name_zh if now else "",
        "name_en": now.name_en if now else "",
        "owner_department": now.owner_department if now else "",
    }
    titles = {
        "name_zh": _("Name in Chinese"),
        "name_en": _("Name in English"),
        "owner_department": _("Owner"),
    }
    lines = [
        Line(title, before[name], str(payload[name]))
        for name, title in titles.items()
        if before[name] != payload[name]
    ]
    rule_before = rule_text(now.rule) if now else ""
    lines.append(Line(_("Rule"), rule_before, rule_text(payload["rule"])))
    lines.append(
        Line(_("In force from"), str(now.valid_from) if now else "", payload["valid_from"])
    )
    return Change(
        summary=_("Segment %(code)s") % {"code": payload["code"]},
        lines=tuple(lines),
        reach=_("%(count)s of %(everybody)s customers today")
        % {"count": f"{found.count:,}", "everybody": f"{found.customers:,}"},
        links=(Link(payload["code"], "groups", payload["code"]),) if now else (),
    )


def _basis(payload: Payload) -> Any:
    versions = Segment.objects.filter(code=payload["code"]).order_by("-version")
    return versions.values_list("version", flat=True).first()


@approval_kind(
    SEGMENT,
    title=gettext_lazy("Segment"),
    propose=OPERATION,
    decide=roles("operation_head", "risk_officer"),
    jobs=("groups",),
    describe=_describe,
    basis=_basis,
)
def _carry_out(payload: Payload) -> None:
    segments.define_segment(
        payload["code"],
        name_zh=payload["name_zh"],
        name_en=payload["name_en"],
        rule=payload["rule"],
        owner_department=payload["owner_department"],
        valid_from=max(date.fromisoformat(payload["valid_from"]), business_date()),
    )
