"""The wide relation that rules are asked of: insight's features and the customer's stage."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from psycopg import sql

from liti.core import params
from liti.core.sql import Arguments
from liti.groups.rules import NUMBER, WORD, Rule, parse
from liti.insight import queries as insight

# What this room adds to insight's features: the stage on the evening before the day asked
# for, and how long it had lasted.
OWN_FEATURES = {"previous_stage": WORD, "days_in_stage": NUMBER}


def feature_kinds() -> dict[str, str]:
    """Every feature that a rule may name, as number or word."""
    return {f.name: NUMBER for f in insight.feature_catalogue()} | OWN_FEATURES


def resolver(on: date) -> Callable[[str], Any]:
    """Looks up dated parameters on the day."""
    return lambda code: params.get(code, on=on)


def read_rule(given: Any, on: date) -> Rule:
    """Check a rule against today's features and parameters. Raises InvalidInput, NotFound."""
    return parse(given, feature_kinds(), resolver(on))


_CUSTOMERS = sql.SQL("""
(SELECT f.*, s.stage AS previous_stage, {day}::date - s.since AS days_in_stage
 FROM insight_feature_v f LEFT JOIN groups_stagespan s
      ON s.party_id = f.party_id AND s.since < {day} AND (s.until IS NULL OR s.until >= {day})
 WHERE f.as_of = {day})
""")


def customers(on: date, arguments: Arguments) -> sql.Composed:
    """Sub-select, one row a customer, columns as in `feature_kinds()` and party_id.

    The stage of the evening before (not the one being computed) keeps a repeated refresh of
    the same day from reading its own result.
    """
    return _CUSTOMERS.format(day=arguments.put(on))
