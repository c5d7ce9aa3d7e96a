"""The features themselves. Amounts are minor units; a window ends on the day asked for.

"Own" entries are those the customer caused: not those against the bank's own income and
expense, such as interest and fees.
Buying into a fund and selling it are own entries, but money neither comes nor goes: they are no
inflow or outflow, and assets (unlike the deposit balance) stay the same.
"""

from __future__ import annotations

from typing import Any

import ibis

from liti.insight.features.registry import Day, feature

BP = 10_000
# Three thirds of 90 days may differ by a quarter and still be the same regular income.
RECURRING_SPREAD = (5, 4)


def _within(t: Any, on: Day, days: int, *, skip: int = 0) -> Any:
    """Rows of the last `days` days, or of the days before the last `skip`."""
    return (t.day > on.day - skip - days) & (t.day <= on.day - skip)


def _own(t: Any, on: Day) -> Any:
    return t.counter_code.notin(on.bank_made_counters)


def _own_90d(t: Any, on: Day) -> Any:
    return _own(t, on) & _within(t, on, 90)


def _across_90d(t: Any, on: Day) -> Any:
    """Own entries by which money came to the bank or left it."""
    return _own_90d(t, on) & t.counter_code.notin(on.investment_counters)


# -- entries ---------------------------------------------------------------------------


@feature("entries", "days", "距上次交易天数", "Days since last own entry", empty=None)
def recency_days(t: Any, on: Day) -> Any:
    return on.day - t.day.max(where=_own(t, on))


@feature("entries", "count", "90天交易笔数", "Own entries in 90 days", window="90d")
def frequency_90d(t: Any, on: Day) -> Any:
    return t.count(where=_own_90d(t, on))


@feature("entries", "minor", "90天交易额", "Own turnover in 90 days", window="90d")
def monetary_90d_minor(t: Any, on: Day) -> Any:
    return t.change_minor.abs().sum(where=_own_90d(t, on))


@feature("entries", "minor", "90天流入", "Inflow in 90 days", window="90d")
def inflow_90d_minor(t: Any, on: Day) -> Any:
    return t.change_minor.sum(where=_across_90d(t, on) & (t.change_minor > 0))


@feature("entries", "minor", "90天流出", "Outflow in 90 days", window="90d")
def outflow_90d_minor(t: Any, on: Day) -> Any:
    return (-t.change_minor).sum(where=_across_90d(t, on) & (t.change_minor < 0))


@feature("entries", "count", "近12月活跃月数", "Active months of the last 12", window="12m")
def months_active_12(t: Any, on: Day) -> Any:
    return t.month.nunique(where=_own(t, on) & (t.month > on.month - 12))


@feature("entries", "count", "近90天活跃月数", "Active thirds of the last 90 days", window="90d")
def months_active_3(t: Any, on: Day) -> Any:
    return ((on.day - t.day) // 30).nunique(where=_own_90d(t, on))


@feature("entries", "minor", helper=True)
def cash_90d_minor(t: Any, on: Day) -> Any:
    return t.change_minor.abs().sum(where=_own_90d(t, on) & (t.counter_code == "cash"))


@feature("entries", "minor", helper=True)
def salary_90d_minor(t: Any, on: Day) -> Any:
    paid = t.kind.isin(on.salary_kinds) & (t.change_minor > 0)
    return t.change_minor.sum(where=paid & _within(t, on, 90))


def _recurring(t: Any, on: Day, skip: int) -> Any:
    paid = t.counter_code.isin(on.recurring_counters) & (t.change_minor > 0)
    paid &= t.kind.notin(on.pension_kinds)  # a pension is regular, and no salary
    return t.change_minor.sum(where=paid & _within(t, on, 30, skip=skip))


@feature("entries", "minor", helper=True)
def recurring_first_minor(t: Any, on: Day) -> Any:
    return _recurring(t, on, 60)


@feature("entries", "minor", helper=True)
def recurring_second_minor(t: Any, on: Day) -> Any:
    return _recurring(t, on, 30)


@feature("entries", "minor", helper=True)
def recurring_third_minor(t: Any, on: Day) -> Any:
    return _recurring(t, on, 0)


# -- balances: rows (day, until_day, balance_minor, assets_minor) that hold on
#    day <= d < until_day; assets are the balance and what was put into funds from it


def _held(t: Any, first: int, end: int) -> Any:
    """On how many of the days first <= d < end the row holds."""
    return ibis.greatest(ibis.least(t.until_day, end) - ibis.greatest(t.day, first), 0)


@feature("balances", "minor", "存款余额", "Deposit balance")
def balance_minor(t: Any, on: Day) -> Any:
    return t.balance_minor.sum(where=t.until_day == on.day + 1)


@feature("balances", "minor", "90天日均余额", "Daily average balance of 90 days", window="90d")
def average_balance_90d_minor(t: Any, on: Day) -> Any:
    return (t.balance_minor * _held(t, on.day - 89, on.day + 1)).sum() // 90


@feature("balances", "minor", "90天日均资产", "Daily average assets of 90 days", window="90d")
def average_assets_90d_minor(t: Any, on: Day) -> Any:
    return (t.assets_minor * _held(t, on.day - 89, on.day + 1)).sum() // 90


@feature("balances", "minor", "30天日均资产", "Daily average assets of 30 days", window="30d")
def average_assets_30d_minor(t: Any, on: Day) -> Any:
    return (t.assets_minor * _held(t, on.day - 29, on.day + 1)).sum() // 30


@feature(
    "balances",
    "minor",
    "此前90天日均资产",
    "Daily average assets of the 90 days before the last 30",
    window="90d before 30d",
)
def average_assets_prior_90d_minor(t: Any, on: Day) -> Any:
    return (t.assets_minor * _held(t, on.day - 119, on.day - 29)).sum() // 90


@feature("balances", "minor", "90天最高资产", "Highest assets by one account in 90 days")
def peak_assets_90d_minor(t: Any, on: Day) -> Any:
    return t.assets_minor.max(where=(t.until_day > t.day) & (t.until_day > on.day - 89))


@feature("balances", "minor", helper=True)
def balance_90d_ago_minor(t: Any, on: Day) -> Any:
    return t.balance_minor.sum(where=(t.day <= on.day - 90) & (t.until_day > on.day - 90))


# -- accounts and holdings -----------------------------------------------------------------


@feature("accounts", "count", "在用账户数", "Open accounts")
def accounts_open(t: Any, on: Day) -> Any:
    return t.count(where=t.status != "closed")


@feature("accounts", "days", "客户年限天数", "Days since the first account", empty=None)
def tenure_days(t: Any, on: Day) -> Any:
    return on.day - t.opened_day.min()


@feature("holdings", "count", "持卡数", "Cards held")
def cards_held(t: Any, on: Day) -> Any:
    return t.count(where=t.category == "card")


@feature("holdings", "count", "在贷笔数", "Open loans")
def loans_open(t: Any, on: Day) -> Any:
    return t.count(where=t.category == "loan")


@feature("holdings", "minor", "贷款余额", "Loan outstanding")
def loan_outstanding_minor(t: Any, on: Day) -> Any:
    return t.amount_minor.sum(where=t.category == "loan")


@feature("holdings", "minor", "理财持有", "Wealth products held")
def wealth_minor(t: Any, on: Day) -> Any:
    return t.amount_minor.sum(where=t.category == "wealth")


@feature("holdings", "days", "最新产品天数", "Days since the newest product", empty=None)
def newest_product_days(t: Any, on: Day) -> Any:
    return on.day - t.opened_day.max()


@feature("holdings", "count", helper=True)
def categories_held(t: Any, on: Day) -> Any:
    return t.category.nunique()


# -- roles on accounts of others: no money of theirs is anybody else's -------------------------


@feature("roles", "count", "代他人操作账户数", "Accounts of others acted on")
def accounts_acted_on(t: Any, on: Day) -> Any:
    return t.account_id.nunique()


# -- derived from the wide row ---------------------------------------------------------------


@feature("derived", "count", "持有产品类别数", "Product categories held")
def products_held(t: Any, on: Day) -> Any:
    return t.categories_held + (t.accounts_open > 0).cast("int64")


@feature("derived", "minor", "金融资产", "Assets under management")
def assets_minor(t: Any, on: Day) -> Any:
    return t.balance_minor + t.wealth_minor


@feature("derived", "bp", "90天余额变动", "Change of balance over 90 days", empty=None)
def balance_change_90d_bp(t: Any, on: Day) -> Any:
    return _change_bp(t.balance_minor, t.balance_90d_ago_minor)


@feature(
    "derived", "bp", "日均资产变动", "Average assets of 30 days against the 90 before", empty=None
)
def average_change_bp(t: Any, on: Day) -> Any:
    return _change_bp(t.average_assets_30d_minor, t.average_assets_prior_90d_minor)


@feature("derived", "bp", "现金占比", "Share of cash in own turnover", window="90d", empty=None)
def cash_share_bp(t: Any, on: Day) -> Any:
    return (t.cash_90d_minor * BP) // t.monetary_90d_minor.nullif(0)


@feature("derived", "minor", "月均工资收入", "Monthly salary", window="90d", empty=None)
def salary_in_minor(t: Any, on: Day) -> Any:
    """Named salary; else like transfers in each of the last three 30 days. No pension."""
    thirds = (t.recurring_first_minor, t.recurring_second_minor, t.recurring_third_minor)
    most, least = RECURRING_SPREAD
    regular = (ibis.least(*thirds) > 0) & (
        ibis.greatest(*thirds) * least <= ibis.least(*thirds) * most
    )
    recurring = ibis.cases((regular, (thirds[0] + thirds[1] + thirds[2]) // 3))
    return ibis.cases((t.salary_90d_minor > 0, t.salary_90d_minor // 3), else_=recurring)


def _change_bp(new: Any, old: Any) -> Any:
    return ((new - old) * BP) // ibis.cases((old > 0, old))


# -- scores: quintiles over all customers, 5 is best; ties by id, so that runs agree ----------


def _quintile(t: Any, value: Any) -> Any:
    return ibis.ntile(5).over(order_by=[value, t.party_id]) + 1


@feature("scores", "score", "近度分", "Recency score")
def recency_score(t: Any, on: Day) -> Any:
    return _quintile(t, -t.recency_days.fill_null(10**6))


@feature("scores", "score", "频度分", "Frequency score")
def frequency_score(t: Any, on: Day) -> Any:
    return _quintile(t, t.frequency_90d)


@feature("scores", "score", "额度分", "Monetary score")
def monetary_score(t: Any, on: Day) -> Any:
    return _quintile(t, t.monetary_90d_minor)
