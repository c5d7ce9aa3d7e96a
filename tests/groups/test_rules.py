"""The language of rules: what is understood, what is refused by name, one meaning twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from psycopg import sql

from liti.core.errors import InvalidInput
from liti.core.sql import Arguments, text
from liti.groups.compile import compile_rule
from liti.groups.models import Criterion, Segment
from liti.groups.rules import COMPARISONS, NUMBER, WORD, features_of, matches, parse
from liti.groups.wide import read_rule

FEATURES = {"balance": NUMBER, "tenure": NUMBER, "salary": NUMBER, "stage": WORD}
WORDS = ["active", "lost", "growth"]


def read(rule):
    return parse(rule, FEATURES, {"idle": 50}.__getitem__)


def condition(feature: str, op: str, value) -> dict:
    return {"feature": feature, "op": op, "value": value}


def test_a_parameter_stands_for_its_value_of_the_day():
    rule = read(condition("balance", ">=", {"parameter": "idle"}))

    assert matches(rule, {"balance": 50})
    assert not matches(rule, {"balance": 49})


def test_an_unknown_value_is_in_no_comparison_but_can_be_asked_for():
    assert not matches(read(condition("salary", "!=", 5)), {"salary": None})
    assert matches(read({"not": condition("salary", "==", 5)}), {"salary": None})
    assert matches(read({"feature": "salary", "op": "unknown"}), {"salary": None})


@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ([], "rule"),
        ({}, "rule"),
        ({"some": []}, "rule"),
        ({"all": {}}, "all"),
        ({"any": []}, "any"),
        ({"all": [condition("balance", ">=", 1), 7]}, "all[1]"),
        ({"all": [{"not": condition("age", ">=", 1)}]}, "all[0].not.feature"),
        (condition("balance", "~", 1), "op"),
        (condition("stage", ">=", "lost"), "op"),
        (condition("balance", ">=", 1.5), "value"),
        (condition("balance", ">=", True), "value"),
        (condition("balance", ">=", 2**63), "value"),
        (condition("balance", "between", [1]), "value"),
        (condition("balance", "in", [1, "x"]), "value[1]"),
        (condition("stage", "==", 1), "value"),
        ({"feature": "balance", "op": ">="}, "value"),
        ({"feature": "balance", "op": "known", "value": 1}, "value"),
        ({"feature": "balance", "op": ">=", "value": 1, "or": 2}, "or"),
        ({"all": [condition("balance", ">=", 1)] * 51}, "all[50]"),
    ],
)
def test_what_is_not_understood_is_named(rule, field):
    with pytest.raises(InvalidInput) as refusal:
        read(rule)

    assert refusal.value.data["field"] == field


def test_depth_is_bounded():
    rule = condition("balance", ">=", 1)
    for _ in range(10):
        rule = {"not": rule}

    with pytest.raises(InvalidInput, match=r"deeper|层"):
        read(rule)


@pytest.mark.django_db
def test_every_rule_that_comes_with_the_house_is_understood():
    rules = [r.rule for model in (Segment, Criterion) for r in model.objects.all()]

    assert len(rules) > 20
    assert all(
        features_of(read_rule(rule, date(2026, 11, 23))) or rule == {"all": []} for rule in rules
    )


numbers = st.integers(-5, 5)
values = st.fixed_dictionaries(
    {name: st.none() | numbers for name in ("balance", "tenure", "salary")}
    | {"stage": st.none() | st.sampled_from(WORDS)}
)
number_conditions = st.builds(
    condition,
    st.sampled_from(["balance", "tenure", "salary"]),
    st.sampled_from(COMPARISONS),
    numbers,
)
other_conditions = st.one_of(
    st.builds(
        condition, st.just("balance"), st.just("in"), st.lists(numbers, min_size=1, max_size=3)
    ),
    st.builds(
        condition, st.just("salary"), st.just("between"), st.lists(numbers, min_size=2, max_size=2)
    ),
    st.builds(condition, st.just("stage"), st.sampled_from(["==", "!="]), st.sampled_from(WORDS)),
    st.builds(
        condition, st.just("stage"), st.just("in"), st.lists(st.sampled_from(WORDS), min_size=1)
    ),
    st.builds(
        lambda feature, op: {"feature": feature, "op": op},
        st.sampled_from(sorted(FEATURES)),
        st.sampled_from(["known", "unknown"]),
    ),
)
rules = st.recursive(
    number_conditions | other_conditions,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, max_size=3))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=3))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
).filter(lambda rule: _depth(rule) <= 6)


def _depth(rule) -> int:
    inner = next(iter(rule.values()))
    if "feature" in rule:
        return 1
    return 1 + max(map(_depth, inner if isinstance(inner, list) else [inner]), default=0)


class TheSqlOfARuleMeansTheSame(TestCase):
    """Compiled and evaluated agree for any rule over any customers."""

    @settings(max_examples=150, deadline=None)
    @given(rule=rules, customers=st.lists(values, min_size=1, max_size=8))
    def test_agree(self, rule, customers):
        read_in = read(rule)
        columns = [[c[name] for c in customers] for name in FEATURES]
        arguments = Arguments(zip("bcde", columns, strict=True))
        condition = compile_rule(read_in, arguments)

        with connection.cursor() as cursor:
            cursor.execute(
                text(
                    sql.SQL(
                        "SELECT {} FROM unnest(%(b)s::bigint[], %(c)s::bigint[], %(d)s::bigint[],"
                        " %(e)s::text[]) WITH ORDINALITY"
                        " AS c (balance, tenure, salary, stage, position) ORDER BY position"
                    ).format(condition)
                ),
                arguments,
            )
            found = [row[0] for row in cursor.fetchall()]

        assert found == [matches(read_in, customer) for customer in customers]
