"""A score in its parts: what makes an offer worth proposing to one customer."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from liti.core.texts import in_language
from liti.insight import queries as insight
from liti.outreach.rules import render_fact


@dataclass(frozen=True, slots=True)
class ScorePart:
    """A fact of the customer that speaks for the offer, and by how much (basis points)."""

    code: str
    text: str
    add_bp: int


@dataclass(frozen=True, slots=True)
class Score:
    """How the expected value of a contact comes about.

    `base_bp` plus the parts, times the channel's `lift_bp` (10,000 is as likely as by text
    message), at most 10,000, is `propensity_bp`; `value_minor` times that, less the channel's
    `cost_minor`, is `expected_minor`. Each division rounds down.
    """

    base_bp: int
    parts: tuple[ScorePart, ...]
    lift_bp: int
    propensity_bp: int
    value_minor: int
    cost_minor: int
    expected_minor: int


@cache
def propensity_rules() -> dict[str, Any]:
    """The rule scores by product: base and what each fact adds, with its words."""
    found = _data("propensity.yaml")
    _known_features(rule["feature"] for product in found.values() for rule in product["rules"])
    return found


@cache
def premises() -> dict[str, Any]:
    """What an offer may say of a customer: code → feature, `at_least`, words."""
    found = _data("premises.yaml")
    _known_features(premise["feature"] for premise in found.values())
    return found


def premise_choices() -> list[tuple[str, str]]:
    """(code, the reader's words) of each premise."""
    return [(code, in_language(p["zh"], p["en"])) for code, p in premises().items()]


def rules_of(product_code: str) -> dict[str, Any]:
    """A product's base and rules; nothing speaks for one that has none."""
    found: dict[str, Any] = propensity_rules().get(product_code, {"base_bp": 0, "rules": []})
    return found


def matched_facts(given: Any) -> dict[str, int]:
    """The facts of a candidate, code → value: raw cursors give jsonb as text, the ORM a dict."""
    found: dict[str, int] = json.loads(given) if isinstance(given, str) else given or {}
    return found


def score_of(
    product_code: str,
    matched: Mapping[str, int],
    *,
    lift_bp: int,
    value_minor: int,
    cost_minor: int,
) -> Score:
    """The parts of a score from the matched facts (code → value)."""
    product = rules_of(product_code)
    parts = tuple(
        ScorePart(rule["code"], _words(rule, matched[rule["code"]]), rule["add_bp"])
        for rule in product["rules"]
        if rule["code"] in matched
    )
    plain = product["base_bp"] + sum(part.add_bp for part in parts)
    likely = min(plain * lift_bp // 10_000, 10_000)
    return Score(
        base_bp=product["base_bp"],
        parts=parts,
        lift_bp=lift_bp,
        propensity_bp=likely,
        value_minor=value_minor,
        cost_minor=cost_minor,
        expected_minor=value_minor * likely // 10_000 - cost_minor,
    )


def _words(rule: Mapping[str, Any], value: int) -> str:
    return in_language(render_fact(rule, value, "zh"), render_fact(rule, value, "en"))


def _data(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(
        (resources.files("liti.outreach") / "data" / name).read_text("utf-8")
    )
    return found


def _known_features(named: Iterable[str]) -> None:
    unknown = set(named) - {f.name for f in insight.feature_catalogue()}
    assert not unknown, f"outreach names features that insight lacks: {unknown}"
