"""What was entered, as the confirmation reads it back."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _

from liti.console import references
from liti.console.fields import MoneyField, ReferenceField
from liti.console.forms import CommandForm
from liti.console.resources import Fact
from liti.console.rules_form import RuleField
from liti.groups.queries import rule_text

NOTHING: tuple[Any, ...] = (None, "", [], ())


def entered(form: CommandForm) -> list[Fact]:
    """Every answer of a valid form under its title; what was left empty is left out."""
    return [
        _fact(form.fields[name], form.cleaned_data.get(name))
        for name in form.fields
        if form.cleaned_data.get(name) not in NOTHING
    ]


def _fact(field: forms.Field, value: Any) -> Fact:
    title = str(field.label)
    match field:
        case MoneyField():
            return Fact(title, value, "money")
        case ReferenceField():
            hit = references.read(field.reference, str(value))
            return Fact(title, f"{hit.title} {hit.note}".strip() if hit else value)
        case RuleField():
            return Fact(title, rule_text(value), "lines")
        case forms.BooleanField():
            return Fact(title, _("Yes") if value else _("No"))
        case forms.ChoiceField():
            return Fact(title, ", ".join(_words(field, value)))
    match value:
        case date():
            return Fact(title, value, "date")
        case Path():
            return Fact(title, value.name)
        case tuple() | list():
            return Fact(title, "\n".join(map(str, value)), "lines")
        case UUID():
            return Fact(title, str(value), "mono")
    return Fact(title, value)


def _words(field: forms.ChoiceField, value: Any) -> list[str]:
    chosen = {str(v) for v in (value if isinstance(value, list) else [value])}
    options: Any = field.choices
    return [str(word) for code, word in options if str(code) in chosen]
