"""A segment's rule as people read it: one condition a line, features by their names."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from liti.core import params
from liti.core.authority import open_to_all
from liti.core.errors import NotFound
from liti.core.money import format_minor
from liti.core.texts import local
from liti.insight.queries import feature_catalogue

INDENT = "    "


@open_to_all("a rule in words")
def rule_text(rule: dict[str, Any], on: date | None = None) -> str:
    """The rule in words; values that are dated parameters are shown as they hold now."""
    names = {f.name: (local(f), f.unit) for f in feature_catalogue()}
    return "\n".join(_lines(rule, names, 0, on))


def _lines(
    rule: dict[str, Any], names: dict[str, tuple[str, str]], depth: int, on: date | None
) -> list[str]:
    pad = INDENT * depth
    if "feature" in rule:
        return [pad + _condition(rule, names, on)]
    how, parts = next(iter(rule.items()))
    if how == "not":
        return [pad + _("not:"), *_lines(parts, names, depth + 1, on)]
    if not parts:
        return [pad + _("every customer")]
    head = _("all of:") if how == "all" else _("at least one of:")
    inner = [line for part in parts for line in _lines(part, names, depth + 1, on)]
    return [pad + head, *inner]


def _condition(rule: dict[str, Any], names: dict[str, tuple[str, str]], on: date | None) -> str:
    name, unit = names.get(rule["feature"], (rule["feature"].replace("_", " "), ""))
    op, value = rule["op"], rule.get("value")
    if op == "known":
        return _("%(name)s is known") % {"name": name}
    if op == "unknown":
        return _("%(name)s is not known") % {"name": name}
    values = value if isinstance(value, list) else [value]
    written = [_value(v, unit, on) for v in values]
    if op == "between":
        return f"{name}: {written[0]} – {written[1]}"
    if op == "in":
        return f"{name}: " + " / ".join(written)
    sign = {">=": "≥", "<=": "≤", "==": "=", "!=": "≠"}.get(op, op)
    return f"{name} {sign} {written[0]}"


def _value(value: Any, unit: str, on: date | None) -> str:
    note = ""
    if isinstance(value, dict):
        code = value["parameter"]
        note = f"  [{code}]"
        try:
            value = params.get(code, on=on)
        except NotFound:
            return note.strip()
    if isinstance(value, int) and unit == "minor":
        return f"¥{format_minor(value)}" + note
    if isinstance(value, int) and unit == "bp":
        return f"{Decimal(value) / 100:.1f}%" + note
    if isinstance(value, int) and unit == "days":
        return _("%(count)s days") % {"count": f"{value:,}"} + note
    return (f"{value:,}" if isinstance(value, int) else str(value)) + note
