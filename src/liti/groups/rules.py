"""The language of rules: read, check, evaluate. Pure; the SQL of a rule is in compile.py.

    {"all": [{"feature": "average_balance_90d_minor", "op": ">=", "value": 5000000},
             {"any": [{"feature": "wealth_minor", "op": "==", "value": 0},
                      {"not": {"feature": "salary_in_minor", "op": "known"}}]}]}

A value is a whole number (minor units, basis points, days…), a word for features that are
words, or {"parameter": "groups.idle.balance_minor"}: the dated parameter's value on the day.
An unknown feature makes every comparison false, so that a rule is true or false, never
unknown; `known` and `unknown` ask for it. An empty "all" is everybody.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput

DEPTH_MAX = 6
CONDITIONS_MAX = 50
LIST_MAX = 100
NUMBER_MAX = 2**63 - 1

NUMBER, WORD = "number", "word"
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
    "!=": operator.ne,
}
COMPARISONS = tuple(_COMPARE)
OPS_OF_WORDS = ("==", "!=", "in", "known", "unknown")
OPS = (*COMPARISONS, "between", "in", "known", "unknown")

Resolve = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """One feature compared; `value` is a tuple for between and in, None for (un)known."""

    feature: str
    op: str
    value: Any


@dataclass(frozen=True, slots=True)
class Combination:
    """`how` is all, any or not (of exactly one part)."""

    how: str
    parts: tuple[Condition | Combination, ...]


Rule = Condition | Combination


def parse(given: Any, features: Mapping[str, str], resolve: Resolve) -> Rule:
    """Check a rule and resolve its parameters.

    `features` maps each known feature to number or word. Raises InvalidInput that names the
    place in the rule, such as all[1].value.
    """
    return _Reader(features, resolve).rule(given, "", 1)


def matches(rule: Rule, values: Mapping[str, Any]) -> bool:
    """Whether a customer with these feature values is in."""
    if isinstance(rule, Combination):
        results = (matches(part, values) for part in rule.parts)
        if rule.how == "all":
            return all(results)
        return any(results) if rule.how == "any" else not next(results)
    value = values.get(rule.feature)
    if rule.op in ("known", "unknown"):
        return (value is None) == (rule.op == "unknown")
    if value is None:
        return False
    if rule.op == "between":
        return bool(rule.value[0] <= value <= rule.value[1])
    if rule.op == "in":
        return value in rule.value
    return _COMPARE[rule.op](value, rule.value)


def features_of(rule: Rule) -> set[str]:
    """Which features a rule asks for."""
    if isinstance(rule, Condition):
        return {rule.feature}
    return set().union(*(features_of(part) for part in rule.parts))


class _Reader:
    def __init__(self, features: Mapping[str, str], resolve: Resolve) -> None:
        self.features = features
        self.resolve = resolve
        self.conditions = 0

    def rule(self, given: Any, place: str, depth: int) -> Rule:
        if not isinstance(given, dict):
            raise _error(place, _("a rule is an object, not %s") % type(given).__name__)
        if depth > DEPTH_MAX:
            raise _error(place, _("deeper than %s levels") % DEPTH_MAX)
        if "feature" in given:
            return self.condition(given, place)
        if len(given) != 1 or (how := next(iter(given))) not in ("all", "any", "not"):
            raise _error(place, _("expected one of all, any, not, or a feature with op and value"))
        inner = given[how]
        if how == "not":
            return Combination("not", (self.rule(inner, f"{place}not.", depth + 1),))
        if not isinstance(inner, list):
            raise _error(f"{place}{how}", _("expected a list of rules"))
        if how == "any" and not inner:
            raise _error(f"{place}any", _("an empty any is nobody"))
        parts = [self.rule(r, f"{place}{how}[{i}].", depth + 1) for i, r in enumerate(inner)]
        return Combination(how, tuple(parts))

    def condition(self, given: dict[str, Any], place: str) -> Condition:
        self.conditions += 1
        if self.conditions > CONDITIONS_MAX:
            raise _error(place, _("more than %s conditions") % CONDITIONS_MAX)
        if unknown := sorted(given.keys() - {"feature", "op", "value"}):
            raise _error(f"{place}{unknown[0]}", _("unknown field"))
        feature, op = given["feature"], given.get("op")
        kind = self.features.get(feature) if isinstance(feature, str) else None
        if kind is None:
            raise _error(f"{place}feature", _("there is no feature %s") % feature)
        allowed = OPS if kind == NUMBER else OPS_OF_WORDS
        if op not in allowed:
            raise _error(f"{place}op", _("expected one of %s") % ", ".join(allowed))
        if op in ("known", "unknown"):
            if "value" in given:
                raise _error(f"{place}value", _("%s takes no value") % op)
            return Condition(feature, op, None)
        if "value" not in given:
            raise _error(f"{place}value", _("the value is missing"))
        return Condition(feature, op, self.value(given["value"], kind, op, f"{place}value"))

    def value(self, given: Any, kind: str, op: str, place: str) -> Any:
        if op not in ("between", "in"):
            return self.single(given, kind, place)
        if not isinstance(given, list) or not 0 < len(given) <= LIST_MAX:
            raise _error(place, _("expected a list of 1 to %s values") % LIST_MAX)
        if op == "between" and len(given) != 2:
            raise _error(place, _("between takes two values"))
        return tuple(self.single(v, kind, f"{place}[{i}]") for i, v in enumerate(given))

    def single(self, given: Any, kind: str, place: str) -> Any:
        if isinstance(given, dict) and given.keys() == {"parameter"}:
            given = self.resolve(str(given["parameter"]))
        if kind == WORD:
            if not isinstance(given, str):
                raise _error(place, _("expected a word"))
            return given
        if not isinstance(given, int) or isinstance(given, bool) or abs(given) > NUMBER_MAX:
            raise _error(place, _("expected a whole number"))
        return given


def _error(place: str, what: str) -> InvalidInput:
    field = place.rstrip(".") or "rule"
    return InvalidInput(
        "groups.invalid_rule",
        _("The rule is not understood at %(field)s: %(what)s.") % {"field": field, "what": what},
        remedy=_("See docs/rooms/groups.md for the language of rules."),
        field=field,
    )
