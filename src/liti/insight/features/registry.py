"""The register of features: what each means, its unit and window, and its one expression."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

SOURCES = ("entries", "balances", "accounts", "holdings", "roles", "derived", "scores")


@dataclass(frozen=True, slots=True)
class Day:
    """What an expression may know besides its table: the day asked for, and dated choices.

    `day` counts from 1970-01-01, `month` is year * 12 + month - 1; in an expression that is
    compiled once for many days they are integer expressions themselves. Counters are codes of the
    bank's own accounts on the other side of an entry: what an entry is shows there, whatever
    its kind is called.
    """

    day: Any
    month: Any
    bank_made_counters: tuple[str, ...]
    salary_kinds: tuple[str, ...]
    pension_kinds: tuple[str, ...]
    recurring_counters: tuple[str, ...]
    investment_counters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Feature:
    """One declared feature.

    `source` names the table that `expression` works on: an aggregate over the customer's
    rows (entries, balances, accounts, holdings, roles), or arithmetic on the wide row (derived,
    then scores). `unit`: minor, bp (basis points), days, count, score. A helper is computed but
    not kept.
    """

    name: str
    source: str
    unit: str
    window: str
    name_zh: str
    name_en: str
    expression: Callable[[Any, Day], Any]
    empty: int | None
    helper: bool


_register: dict[str, Feature] = {}


def feature(
    source: str,
    unit: str,
    name_zh: str = "",
    name_en: str = "",
    *,
    window: str = "",
    empty: int | None = 0,
    helper: bool = False,
) -> Callable[[Callable[[Any, Day], Any]], Callable[[Any, Day], Any]]:
    """Declare the function's result as the feature of its name.

    `empty` is the value of a customer without any row in the source (None: unknown).
    """

    def declare(expression: Callable[[Any, Day], Any]) -> Callable[[Any, Day], Any]:
        name = expression.__name__
        assert source in SOURCES, source
        assert name not in _register, f"feature {name} is declared twice"
        _register[name] = Feature(
            name, source, unit, window, name_zh, name_en, expression, empty, helper
        )
        return expression

    return declare


def declared(source: str = "") -> list[Feature]:
    """Features in the order of their declaration; of one source where named."""
    return [f for f in _register.values() if source in ("", f.source)]


def kept() -> list[Feature]:
    """Features that are stored and may be used in rules."""
    return [f for f in _register.values() if not f.helper]
