"""Changing parameters: proposed by one, decided by another; jobs of the house write directly."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes
from liti.core.approvals import Link
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.errors import InvalidInput
from liti.core.models import Parameter
from liti.core.params.declared import Declared, declaration
from liti.core.roles import roles
from liti.core.texts import local

PROPOSERS = roles(
    "operation_head", "product_manager", "risk_officer", "finance_officer", "engineer"
)
DECIDERS = roles("operation_head", "risk_officer", "finance_officer")
SOURCES = frozenset(Parameter.Source.values)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_parameter(
    code: str,
    value: str,
    valid_from: date,
    scope: str = "",
    regulation: str = "",
    article: str = "",
    source: str = "B",
) -> UUID:
    """Propose a value from a day on, which may not have passed; returns the approval's id.

    `value` as a person writes it: money in yuan, shares as 5%, lists with commas. Raises
    NotFound (code), InvalidInput (value, scope, source), Refused (day), Conflict (no change).
    """
    given = {
        "value": declaration(code).parse(value),
        "regulation": regulation.strip()[:160],
        "article": article.strip()[:60],
        "source_tag": source,
    }
    return changes.propose(PARAMETER, _key(code, scope), given, valid_from)


@command(staff=PROPOSERS, system=("demo",))
@transaction.atomic
def propose_parameter_end(code: str, valid_from: date, scope: str = "") -> UUID:
    """Propose that from a day on there is no value (of the scope). Raises as propose_parameter."""
    return changes.propose(PARAMETER, _key(code, scope), None, valid_from)


@command(system=("approvals", "demo", "database"))
@transaction.atomic
def set_parameter(
    code: str,
    value: Any,
    valid_from: date,
    scope: str = "",
    regulation: str = "",
    article: str = "",
    source: str = "B",
) -> None:
    """Let a value hold from a day on. Raises NotFound (code), InvalidInput (value, scope)."""
    declared = _checked(code, scope, value, source)
    Parameter.objects.update_or_create(
        code=code,
        scope=scope,
        valid_from=valid_from,
        defaults={
            "value": value,
            "unit": declared.unit,
            "name_zh": declared.name_zh,
            "name_en": declared.name_en,
            "regulation": regulation,
            "article": article,
            "source_tag": source,
        },
    )


@command(system=("approvals", "demo", "database"))
@transaction.atomic
def end_parameter(code: str, valid_from: date, scope: str = "") -> None:
    """Let there be no value (of the scope) from a day on. Raises as set_parameter."""
    set_parameter(code, None, valid_from, scope)


def _checked(code: str, scope: str, value: Any, source: str) -> Declared:
    declared = declaration(code)
    if scope not in declared.scopes | {""} and not declared.open_scope:
        raise InvalidInput(
            "core.parameter.unknown_scope",
            _("Parameter %(code)s has no scope %(scope)s.") % {"code": code, "scope": scope},
            remedy=_("Use one of: %(known)s.")
            % {"known": ", ".join(sorted(s for s in declared.scopes if s)) or "–"},
            field="scope",
        )
    if source not in SOURCES:
        raise InvalidInput(
            "core.parameter.unknown_source",
            _("“%(source)s” is no kind of source.") % {"source": source},
            remedy=_("Use one of: %(known)s.") % {"known": ", ".join(sorted(SOURCES))},
            field="source",
        )
    # A value of a scope may end wherever one without scope remains beneath it.
    if value is None and scope and "" in declared.scopes:
        return declared
    declared.check(value)
    return declared


def _key(code: str, scope: str) -> Key:
    return {"code": code, "scope": scope.strip()}


def _check(key: Key, values: Values | None, _day: date) -> None:
    value, source = (values["value"], values["source_tag"]) if values else (None, "B")
    _checked(key["code"], key["scope"], value, source)


def _current(key: Key, day: date) -> Values | None:
    row = Parameter.objects.filter(code=key["code"], scope=key["scope"], valid_from__lte=day)
    names = ("value", "regulation", "article", "source_tag")
    found: Values | None = row.order_by("-valid_from").values(*names).first()
    return found if found and found["value"] is not None else None


def _write(key: Key, values: Values | None, day: date) -> None:
    if values is None:
        end_parameter(key["code"], day, key["scope"])
        return
    set_parameter(
        key["code"], values["value"], day, key["scope"],
        values["regulation"], values["article"], values["source_tag"],
    )  # fmt: skip


def _named(key: Key) -> str:
    declared = declaration(key["code"])
    name = local(declared) or declared.code
    return f"{name} ({key['scope']})" if key["scope"] else name


def _fields(key: Key) -> tuple[Field, ...]:
    sources = {source.value: source.label for source in Parameter.Source}
    return (
        Field("value", _("Value"), declaration(key["code"]).show),
        Field("regulation", _("Regulation")),
        Field("article", _("Article")),
        Field("source_tag", _("Source"), lambda tag: str(sources[tag])),
    )


PARAMETER = changes.declare(
    Dated(
        kind="core.parameter",
        title=gettext_lazy("Change of a parameter"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=_fields,
        current=_current,
        write=_write,
        named=_named,
        check=_check,
        links=lambda key: (Link(_("The parameter"), "parameters", key["code"]),),
    )
)
