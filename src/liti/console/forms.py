"""The form of a command, drawn from its arguments; errors never lose what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from liti.console import fields
from liti.console.commands import ROW, Command, Input
from liti.console.drawing import Argument, asked
from liti.console.rules_form import RuleField
from liti.core.errors import LitiError

NUMBER_MAX = 2**53


class CommandForm(forms.Form):
    """One field an argument. `filled` are the arguments that the row gives."""

    def __init__(
        self, command: Command, key: str, filled: Mapping[str, Any], **options: Any
    ) -> None:
        self.command, self.key, self.filled = command, key, filled
        super().__init__(prefix=None, label_suffix="", **options)
        self.drawn = [a for a in asked(command, filled) if _applies(a, command, filled)]
        for argument in self.drawn:
            item = command.inputs[argument.name]
            self.fields[argument.name] = self._field(argument, item)
            if item.initial:
                self.initial.setdefault(argument.name, item.initial(filled))
            elif argument.default not in (None, ""):
                self.initial.setdefault(argument.name, argument.default)

    def arguments(self) -> dict[str, Any]:
        """The clean values together with those of the row; what was left empty is left out."""
        given = {a.name: self.cleaned_data.get(a.name) for a in self.drawn}
        given |= {a.name: "" for a in self.drawn if a.kind == "text" and given[a.name] is None}
        needed = {a.name for a in self.drawn if a.required}
        kept = {n: v for n, v in given.items() if n in needed or v not in (None, "")}
        return {**self.filled, **kept}

    def refuse(self, error: LitiError) -> bool:
        """Show a refusal beside the field that it names; False where it names none of ours."""
        name = str(error.data.get("field", ""))
        if name not in self.fields:
            return False
        self.add_error(name, str(error))
        return True

    def _field(self, argument: Argument, item: Input) -> forms.Field:
        required = argument.required if item.required is None else item.required
        common: dict[str, Any] = {
            "label": item.title,
            "help_text": item.help,
            "required": required,
        }
        low = item.low() if item.low else None
        high = item.high() if item.high else None
        kind = item.kind or argument.kind
        if item.choices:
            return self._choice(kind, item, common)
        match kind:
            case "money":
                return fields.MoneyField(low=low, high=high, **common)
            case "date":
                return fields.DayField(low=low, high=high, **common)
            case "number":
                low, high = (0 if low is None else low), (NUMBER_MAX if high is None else high)
                return forms.IntegerField(min_value=low, max_value=high, **common)
            case "flag":
                return forms.BooleanField(**common | {"required": False})
            case "reference":
                where = "command_options_on" if self.command.level == ROW else "command_options"
                place = [self.command.name, self.key, argument.name]
                if self.command.level != ROW:
                    place.remove(self.key)
                return fields.ReferenceField(
                    item.reference, reverse(f"console:{where}", args=place), **common
                )
            case "lines":
                return fields.LinesField(**common)
            case "file":
                return fields.UploadField(**common)
            case "rule":
                return RuleField(**common)
        widget = forms.Textarea({"rows": item.rows}) if item.rows > 1 else forms.TextInput()
        widget.attrs["autocomplete"] = "off"
        return forms.CharField(max_length=item.length, widget=widget, **common)

    def _choice(self, kind: str, item: Input, common: dict[str, Any]) -> forms.Field:
        assert item.choices is not None
        options = [(str(value), word) for value, word in item.choices(self.filled)]
        if kind == "lines":
            boxes = forms.CheckboxSelectMultiple()
            return forms.MultipleChoiceField(choices=options, widget=boxes, **common)
        if common["required"]:
            if len(options) != 1:
                options = [("", _("Choose …")), *options]
        else:
            options = [("", "—"), *options]
        coerce = _coerced(kind)
        return forms.TypedChoiceField(choices=options, coerce=coerce, empty_value=None, **common)


def _coerced(kind: str) -> Any:
    from_text: dict[str, Any] = {"number": int, "money": int, "reference": fields.as_id}
    return from_text.get(kind, str)


def _applies(argument: Argument, command: Command, filled: Mapping[str, Any]) -> bool:
    """Optional arguments that the catalogue does not name are left at their default."""
    if argument.name in command.inputs:
        return True
    assert not argument.required, f"{command.name}: say how {argument.name} is asked for"
    return False


def carried(data: QueryDict, uploads: Mapping[str, str]) -> list[tuple[str, str]]:
    """Everything that was typed, for the hidden fields of the confirmation."""
    left_out = {"csrfmiddlewaretoken", "step", "act"}
    pairs = [(n, v) for n, vs in data.lists() if n not in left_out for v in vs]
    pairs = [(n, v) for n, v in pairs if n not in uploads]
    return pairs + [(f"{name}__kept", token) for name, token in uploads.items()]
