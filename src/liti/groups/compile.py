"""A checked rule as SQL, to be asked of all customers at once."""

from __future__ import annotations

from psycopg import sql

from liti.core.sql import Arguments
from liti.groups.rules import Combination, Rule

_OPS = {
    "==": sql.SQL("="),
    "!=": sql.SQL("<>"),
    ">=": sql.SQL(">="),
    ">": sql.SQL(">"),
    "<=": sql.SQL("<="),
    "<": sql.SQL("<"),
}
_JOINERS = {"all": sql.SQL(" AND "), "any": sql.SQL(" OR ")}


def compile_rule(rule: Rule, arguments: Arguments, alias: str = "c") -> sql.Composable:
    """A boolean SQL expression that is never NULL; its values go into `arguments`."""
    if isinstance(rule, Combination):
        if not rule.parts:
            return sql.SQL("TRUE")
        parts = [compile_rule(part, arguments, alias) for part in rule.parts]
        if rule.how == "not":
            return sql.SQL("(NOT {})").format(parts[0])
        return sql.SQL("({})").format(_JOINERS[rule.how].join(parts))
    column = sql.Identifier(alias, rule.feature)
    if rule.op == "known":
        return sql.SQL("({} IS NOT NULL)").format(column)
    if rule.op == "unknown":
        return sql.SQL("({} IS NULL)").format(column)
    if rule.op == "between":
        first, last = map(arguments.put, rule.value)
        return sql.SQL("coalesce({} BETWEEN {} AND {}, FALSE)").format(column, first, last)
    if rule.op == "in":
        held = arguments.put(list(rule.value))
        return sql.SQL("coalesce({} = ANY({}), FALSE)").format(column, held)
    value = arguments.put(rule.value)
    return sql.SQL("coalesce({} {} {}, FALSE)").format(column, _OPS[rule.op], value)
