"""A checked rule as SQL, to be asked of all customers at once."""

from __future__ import annotations

from typing import Any

from liti.groups.rules import Combination, Rule

_SQL_OPS = {"==": "=", "!=": "<>"}


def compile_rule(rule: Rule, alias: str = "c") -> tuple[str, list[Any]]:
    """A boolean SQL expression that is never NULL, and its parameters.

    Feature names come from the catalogue that `parse` checked against, so they are safe as
    column names; values always travel as parameters.
    """
    if isinstance(rule, Combination):
        if not rule.parts:
            return "TRUE", []
        compiled = [compile_rule(part, alias) for part in rule.parts]
        params = [value for _sql, values in compiled for value in values]
        if rule.how == "not":
            return f"(NOT {compiled[0][0]})", params
        joiner = " AND " if rule.how == "all" else " OR "
        return f"({joiner.join(sql for sql, _values in compiled)})", params
    column = f'{alias}."{rule.feature}"'
    if rule.op == "known":
        return f"({column} IS NOT NULL)", []
    if rule.op == "unknown":
        return f"({column} IS NULL)", []
    if rule.op == "between":
        return f"coalesce({column} BETWEEN %s AND %s, FALSE)", list(rule.value)
    if rule.op == "in":
        return f"coalesce({column} = ANY(%s), FALSE)", [list(rule.value)]
    return f"coalesce({column} {_SQL_OPS.get(rule.op, rule.op)} %s, FALSE)", [rule.value]
