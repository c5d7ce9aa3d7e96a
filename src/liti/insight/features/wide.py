"""All declared features of all customers as one expression, for any ibis engine."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis

from liti.insight.features.registry import Day, Feature, declared, kept

# The longest window over balances: 30 days against the 90 before them.
BALANCE_DAYS = 120


@dataclass(frozen=True, slots=True)
class Tables:
    """The exported tables on some engine; columns: see `liti.insight.export`."""

    entries: Any
    accounts: Any
    holdings: Any
    parties: Any
    roles: Any


def wide(exported: Tables, on: Day) -> Any:
    """One row a customer: party_id and every kept feature.

    A customer is everybody who is known; whoever has no account yet has zeros and unknowns.
    """
    accounts = exported.accounts.filter(exported.accounts.opened_day <= on.day)
    holdings = exported.holdings.filter(exported.holdings.opened_day <= on.day)
    roles = exported.roles.filter(exported.roles.opened_day <= on.day)
    entries = exported.entries.filter(exported.entries.day <= on.day)
    owner = accounts.select("account_id", "party_id")
    tables = {
        "entries": entries.join(owner, "account_id"),
        "balances": balances(entries, on).join(owner, "account_id"),
        "accounts": accounts,
        "holdings": holdings,
        "roles": roles,
    }
    row = ibis.union(
        *(t.select("party_id") for t in (accounts, holdings, roles, exported.parties)),
        distinct=True,
    )
    for source, table in tables.items():
        row = _join_aggregates(row, table, declared(source), on)
    for stage in ("derived", "scores"):
        for each in declared(stage):
            row = row.mutate(**{each.name: each.expression(row, on)})
    return row.select("party_id", **{f.name: row[f.name].cast("int64") for f in kept()})


def balances(entries: Any, on: Day) -> Any:
    """Balance of each account as intervals over the last 120 days.

    Rows account_id, day, until_day, balance_minor, assets_minor: as at the end of every day
    d with day <= d < until_day. Assets add what went from the account into funds and has not
    come back, at cost. Only entries in reach are sorted; what lies before is one opening row
    an account.
    """
    first = on.day - BALANCE_DAYS + 1
    before = entries.filter(entries.day < first)
    opening = before.group_by("account_id").aggregate(
        seq=before.seq.max(),
        day=_as_int32(first),
        balance_minor=before.balance_after_minor.argmax(before.seq),
        invested_minor=_invested(before, on).sum().cast("int64"),
    )
    reach = entries.filter(entries.day >= first)
    columns = ("account_id", "seq", "day", "balance_minor", "invested_minor")
    steps = ibis.union(
        opening.select(*columns),
        reach.mutate(
            balance_minor=reach.balance_after_minor, invested_minor=_invested(reach, on)
        ).select(*columns),
    )
    until = steps.day.lead(default=on.day + 1).over(group_by="account_id", order_by="seq")
    invested = steps.invested_minor.sum().over(
        ibis.cumulative_window(group_by="account_id", order_by="seq")
    )
    return steps.select(
        "account_id",
        "day",
        "balance_minor",
        until_day=until,
        assets_minor=steps.balance_minor + invested.cast("int64"),
    )


def _as_int32(value: Any) -> Any:
    """A number, or a number that is known only when the compiled expression runs."""
    return ibis.literal(value, "int32") if isinstance(value, int) else value.cast("int32")


def _invested(entries: Any, on: Day) -> Any:
    """What an entry moved from the account into funds."""
    into_funds = entries.counter_code.isin(on.investment_counters)
    return ibis.cases((into_funds, -entries.change_minor), else_=ibis.literal(0, "int64"))


def _join_aggregates(row: Any, table: Any, features: list[Feature], on: Day) -> Any:
    sums = table.group_by("party_id").aggregate(
        **{f.name: f.expression(table, on) for f in features}
    )
    joined = row.left_join(sums, "party_id").drop("party_id_right")
    empty = {f.name: joined[f.name].fill_null(f.empty) for f in features if f.empty is not None}
    return joined.mutate(**empty)
