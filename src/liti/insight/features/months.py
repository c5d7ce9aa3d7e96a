"""Months of customers and of the bank, as expressions over the exported entries."""

from __future__ import annotations

from typing import Any

import ibis

from liti.insight.features.registry import Day

KEPT_MONTHS = 25


def party_months(entries: Any, accounts: Any, on: Day) -> Any:
    """party_id, month, in_minor, out_minor, end_balance_minor of the last 25 months.

    Only months with entries; of the months before, the last one stays as the opening row.
    The end balance is the running sum of all changes.
    """
    entries = entries.filter(entries.day <= on.day)
    owned = entries.join(accounts.select("account_id", "party_id"), "account_id")
    months = owned.group_by("party_id", "month").aggregate(
        in_minor=owned.change_minor.sum(where=owned.change_minor > 0).fill_null(0),
        out_minor=(-owned.change_minor).sum(where=owned.change_minor < 0).fill_null(0),
        net_minor=owned.change_minor.sum(),
    )
    of_party = ibis.window(group_by="party_id", order_by="month")
    running = months.mutate(
        end_balance_minor=months.net_minor.sum().over(
            ibis.cumulative_window(group_by="party_id", order_by="month")
        ),
        next_month=months.month.lead().over(of_party),
    )
    first = on.month - KEPT_MONTHS + 1
    opening = running.next_month.isnull() | (running.next_month >= first)
    return _whole(
        running.filter((running.month >= first) | opening),
        ["party_id", "month"],
        ["in_minor", "out_minor", "end_balance_minor"],
    )


def bank_months(entries: Any, accounts: Any, on: Day) -> Any:
    """month, customers_active, in_minor, out_minor, assets_minor of every month.

    Money that customers put into funds has not left the bank: it is no outflow, and assets
    are deposits and funds at cost.
    """
    entries = entries.filter(entries.day <= on.day)
    owned = entries.join(accounts.select("account_id", "party_id"), "account_id")
    own = owned.counter_code.notin(on.bank_made_counters)
    across = owned.counter_code.notin(on.investment_counters)
    rise = across & (owned.change_minor > 0)
    fall = across & (owned.change_minor < 0)
    months = owned.group_by("month").aggregate(
        customers_active=owned.party_id.nunique(where=own),
        in_minor=owned.change_minor.sum(where=rise).fill_null(0),
        out_minor=(-owned.change_minor).sum(where=fall).fill_null(0),
        net_minor=owned.change_minor.sum(where=across).fill_null(0),
    )
    running = months.mutate(
        assets_minor=months.net_minor.sum().over(ibis.cumulative_window(order_by="month"))
    )
    return _whole(running, ["month"], ["customers_active", "in_minor", "out_minor", "assets_minor"])


def _whole(table: Any, keys: list[str], measures: list[str]) -> Any:
    return table.select(*keys, **{name: table[name].cast("int64") for name in measures})
