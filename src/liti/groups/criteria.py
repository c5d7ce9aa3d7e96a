"""The rules of stages and diagnoses change by proposal: one words the rule, another decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes
from liti.core.approvals import Link
from liti.core.authority import BATCHES, command, query
from liti.core.changes import Dated, Field, Key, Values
from liti.core.clock import business_date
from liti.core.errors import InvalidInput, NotFound
from liti.core.history import Revision, history
from liti.core.roles import GROUPS, OPERATION, roles
from liti.groups import segments
from liti.groups.models import Criterion, ServiceGap, Stage
from liti.groups.wide import read_rule
from liti.groups.words import rule_text

REASON_MAX = 120
EVERYBODY: dict[str, Any] = {"all": []}
OUTCOMES = {"stage": Stage.values, "diagnosis": ServiceGap.values}


@dataclass(frozen=True, slots=True)
class CriterionView:
    """A rule that gives a stage or a diagnosis. `place`: when it is asked among its purpose's,
    from 1; of stages the first that matches wins."""

    code: str
    purpose: str
    outcome: str
    place: int
    reason_zh: str
    reason_en: str
    rule: dict[str, Any]


@query(staff=GROUPS, system=BATCHES)
def criteria() -> list[CriterionView]:
    """All, in the order in which they are asked, diagnoses before stages."""
    found, places = [], dict.fromkeys(OUTCOMES, 0)
    for row in Criterion.objects.order_by("purpose", "position", "code"):
        places[row.purpose] += 1
        found.append(_view(row, places[row.purpose]))
    return found


@query(staff=GROUPS, system=BATCHES)
def criterion(code: str) -> CriterionView:
    """One of them. Raises NotFound."""
    found = next((c for c in criteria() if c.code == code), None)
    if found is None:
        raise NotFound(
            "groups.unknown_criterion", _("There is no criterion %(code)s.") % {"code": code}
        )
    return found


@query(staff=GROUPS, system=BATCHES)
def criterion_history(code: str) -> list[Revision]:
    """Who wrote which rule of a criterion, newest first."""
    return history(Criterion, name=("code",), code=code)


@command(staff=OPERATION)
@transaction.atomic
def propose_criterion(
    code: str,
    purpose: str,
    outcome: str,
    place: int,
    reason_zh: str,
    reason_en: str,
    rule: dict[str, Any],
) -> UUID:
    """Propose a new criterion, or another rule, reason or place of one; the approval's id.

    It holds from the next refresh after the decision; who is in a stage already stays in it
    until then. None is ever deleted, for past stages name it: one that shall find nobody gets
    such a rule. Raises InvalidInput naming the field, Conflict (nothing would change).
    """
    values = {
        "purpose": purpose,
        "outcome": outcome,
        "place": place,
        "reason_zh": reason_zh.strip(),
        "reason_en": reason_en.strip(),
        "rule": rule,
    }
    return changes.propose(CRITERION, {"code": code}, values, None)


def _view(row: Criterion, place: int) -> CriterionView:
    return CriterionView(
        row.code, row.purpose, row.outcome, place, row.reason_zh, row.reason_en, row.rule
    )


def _current(key: Key, _day: date) -> Values | None:
    found = next((c for c in criteria() if c.code == key["code"]), None)
    if found is None:
        return None
    return {
        "purpose": found.purpose,
        "outcome": found.outcome,
        "place": found.place,
        "reason_zh": found.reason_zh,
        "reason_en": found.reason_en,
        "rule": found.rule,
    }


def _check(key: Key, values: Values | None, day: date) -> None:
    assert values is not None
    segments.require_code(key["code"])
    purpose = values["purpose"]
    if purpose not in OUTCOMES:
        raise _wrong("purpose", _("Choose one of: %(known)s.") % {"known": ", ".join(OUTCOMES)})
    if values["outcome"] not in OUTCOMES[purpose]:
        known = ", ".join(OUTCOMES[purpose])
        raise _wrong("outcome", _("Choose one of: %(known)s.") % {"known": known})
    for name in ("reason_zh", "reason_en"):
        if not 0 < len(values[name]) <= REASON_MAX:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": REASON_MAX})
    read_rule(values["rule"], business_date())
    before = _current(key, day)
    if before and before["purpose"] != purpose:
        raise _wrong("purpose", _("A criterion stays what it is for; propose a new one."))
    others = [c for c in criteria() if c.purpose == purpose and c.code != key["code"]]
    if not 1 <= values["place"] <= len(others) + 1:
        raise _wrong("place", _("A place is 1 to %(last)d.") % {"last": len(others) + 1})
    rules = [c.rule for c in others]
    rules.insert(values["place"] - 1, values["rule"])
    if purpose == "stage" and rules[-1] != EVERYBODY:
        raise _wrong("place", _("The last stage is for every customer whom none before it found."))


def _write(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    rows = list(
        Criterion.objects.select_for_update()
        .filter(purpose=values["purpose"])
        .order_by("position", "code")
    )
    mine = next((r for r in rows if r.code == key["code"]), None)
    row = mine or Criterion(code=key["code"], purpose=values["purpose"], position=0)
    row.outcome, row.rule = values["outcome"], values["rule"]
    row.reason_zh, row.reason_en = values["reason_zh"], values["reason_en"]
    asked = [r for r in rows if r is not mine]
    asked.insert(values["place"] - 1, row)
    for position, each in enumerate(asked, start=1):
        if each is row or each.position != position:
            each.position = position
            each.save(force_insert=each is row and mine is None)


def _reach(_key: Key, values: Values | None, _day: date) -> str:
    assert values is not None
    found = segments.preview(values["rule"], sample=0)
    return _("%(count)s of %(everybody)s customers today") % {
        "count": f"{found.count:,}",
        "everybody": f"{found.customers:,}",
    }


def _outcome(value: str) -> str:
    return str(dict([*Stage.choices, *ServiceGap.choices]).get(value, value))


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("groups.bad_criterion", message, field=field)


CRITERION = changes.declare(
    Dated(
        kind="groups.criterion",
        title=gettext_lazy("Criterion of a stage or a diagnosis"),
        propose=OPERATION,
        decide=roles("operation_head", "risk_officer"),
        fields=(
            Field(
                "purpose", gettext_lazy("For"), lambda p: str(dict(Criterion.Purpose.choices)[p])
            ),
            Field("outcome", gettext_lazy("Gives"), _outcome),
            Field("place", gettext_lazy("Place in the order")),
            Field("reason_zh", gettext_lazy("Reason in Chinese")),
            Field("reason_en", gettext_lazy("Reason in English")),
            Field("rule", gettext_lazy("Rule"), rule_text),
        ),
        current=_current,
        write=_write,
        named=lambda key: _("Criterion %(code)s") % {"code": key["code"]},
        check=_check,
        reach=_reach,
        links=lambda key: (Link(key["code"], "criteria", key["code"]),),
        undated=True,
    )
)
