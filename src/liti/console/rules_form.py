"""A rule as lines of a form: a feature, a comparison, a value; "or" joins to the line above.

Lines are all to hold; lines joined by "or" are an `any` together. A rule of another shape
(deeper, or with `not`) is not shown as lines: it is replaced as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from liti.core.errors import LitiError
from liti.core.money import format_minor, to_minor
from liti.core.texts import local
from liti.groups import services as groups
from liti.insight.queries import feature_catalogue

LINES = 8
VALUE_MAX = 200
OPERATORS = (">=", "<=", "==", "!=", ">", "<", "between", "in", "known", "unknown")
# The stage of the evening before is a word; all else are whole numbers.
WORDS = {"previous_stage"}
Rule = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Line:
    """One condition as typed."""

    join: str = "and"
    feature: str = ""
    op: str = ">="
    value: str = ""


def features() -> list[tuple[str, str]]:
    """Names of features in the reader's language, with the unit that is typed."""
    units = {"minor": _("yuan"), "bp": "%", "days": _("days")}
    found = [(f.name, f"{local(f)} ({units.get(f.unit, f.unit)})") for f in feature_catalogue()]
    own = [("days_in_stage", _("Days in the life-cycle stage")), ("previous_stage", _("Stage"))]
    return sorted(found, key=lambda pair: pair[1]) + own


def units() -> dict[str, str]:
    """Unit by feature."""
    return {f.name: f.unit for f in feature_catalogue()}


def to_lines(rule: Rule) -> list[Line] | None:
    """The lines of a rule, or None where it has another shape."""
    unit = units()
    found: list[Line] = []
    for part in rule["all"] if set(rule) == {"all"} else [rule]:
        choices = part["any"] if set(part) == {"any"} else [part]
        for at, condition in enumerate(choices):
            if "feature" not in condition:
                return None
            shown = _shown(condition.get("value"), unit.get(condition["feature"], ""))
            join = "or" if at else "and"
            found.append(Line(join, condition["feature"], condition["op"], shown))
    return found


def to_rule(lines: Sequence[Line]) -> Rule:
    """The rule of the lines that are filled in. Raises ValidationError naming the line."""
    unit = units()
    parts: list[list[Rule]] = []
    for number, line in enumerate(lines, start=1):
        if not line.feature:
            continue
        condition: Rule = {"feature": line.feature, "op": line.op}
        if line.op not in ("known", "unknown"):
            try:
                condition["value"] = _value(line, unit.get(line.feature, ""))
            except (LitiError, InvalidOperation, ValueError) as error:
                why = str(error) if isinstance(error, LitiError) else _("this is no number")
                raise ValidationError(
                    _("Line %(number)d: %(why)s") % {"number": number, "why": why}
                ) from error
        if line.join == "or" and parts:
            parts[-1].append(condition)
        else:
            parts.append([condition])
    if not parts:
        raise ValidationError(_("Give at least one condition."))
    return {"all": [p[0] if len(p) == 1 else {"any": p} for p in parts]}


def _value(line: Line, unit: str) -> Any:
    def single(text: str) -> Any:
        text = text.strip()
        if text.startswith("@"):
            return {"parameter": text[1:]}
        if line.feature in WORDS:
            return text
        if unit == "minor":
            return to_minor(text)
        if unit == "bp":
            scaled = Decimal(text.removesuffix("%")) * 100
            if scaled != scaled.to_integral_value():
                raise InvalidOperation
            return int(scaled)
        return int(text.replace(",", ""))

    if line.op in ("between", "in"):
        return [single(part) for part in line.value.replace("；", ";").split(";")]
    return single(line.value)


def _shown(value: Any, unit: str) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "; ".join(_shown(v, unit) for v in value)
    if isinstance(value, Mapping):
        return f"@{value['parameter']}"
    if unit == "minor" and isinstance(value, int):
        return format_minor(value, grouping=False)
    if unit == "bp" and isinstance(value, int):
        return f"{Decimal(value) / 100:f}"
    return str(value)


class RuleWidget(forms.Widget):
    """Eight lines of selects and a value; what is empty is left out."""

    template_name = "console/widgets/rule.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        lines = to_lines(value) if isinstance(value, dict) else value
        given = list(lines or [])
        context["widget"] |= {
            "lines": given + [Line()] * max(LINES - len(given), 0),
            "features": features(),
            "operators": OPERATORS,
            "replaced": lines is None and value is not None,
        }
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        columns = [data.getlist(f"{name}__{part}") for part in ("join", "feature", "op", "value")]
        return [Line(*(text[:VALUE_MAX] for text in row)) for row in zip(*columns, strict=False)]

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}__feature" not in data


class RuleField(forms.Field):
    """A rule that groups understands; checked against today's features and parameters."""

    widget = RuleWidget

    def to_python(self, value: Any) -> Any:
        return to_rule(value[: LINES * 4]) if isinstance(value, list) else value

    def validate(self, value: Any) -> None:
        try:
            groups.preview(value, sample=0)
        except LitiError as error:
            raise ValidationError(str(error)) from error
