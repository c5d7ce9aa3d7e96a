"""The money-market sweep: pay a day's income, look at the funds."""

from __future__ import annotations

from datetime import datetime

import click
from django.utils.translation import gettext as _

from liti.cli.days import reached
from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core.errors import NotFound
from liti.core.money import format_minor
from liti.wealth import queries, services


@click.group()
def wealth() -> None:
    """Wealth cloud: the money-market sweep (余额理财)."""


@wealth.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
def income(on: datetime | None) -> None:
    """Pay the income of one day on confirmed shares; once, however often it is called."""
    day = reached(on)
    report = services.distribute_income(day)
    if not report.funds:
        raise NotFound(
            "wealth.no_yields",
            _("No fund has reported what it earned on %(on)s.") % {"on": day},
            remedy=_("Bring in the fund's figures of that day, then pay."),
        )
    console.print(
        f"{report.on}: {format_minor(report.income_minor)} on {report.holdings:,} holdings of "
        f"{report.funds} funds ({report.replayed} were paid before)"
    )


@wealth.command("yield")
@click.argument("fund")
@click.argument("on", type=DAY)
@click.argument("per_10000")
def record_yield(fund: str, on: datetime, per_10000: str) -> None:
    """Propose what FUND earned on a day: yuan on 10,000 shares, such as 0.6543."""
    approval = services.propose_yield(fund, on.date(), per_10000)
    console.print(f"{fund} {on.date()}: waits for a second person, approval {approval}")


@wealth.command()
def funds() -> None:
    """Every fund with its holders; exits 1 when a pool differs from its holdings."""
    found = queries.funds()
    for fund in found:
        console.print(
            f"{fund.code}  {fund.name_zh}  {fund.holdings:,} holdings  "
            f"{format_minor(fund.shares_minor)}  pool {format_minor(fund.pool_minor)}  "
            f"{'agrees' if fund.agrees else 'DIFFERS'}"
        )
    if not all(fund.agrees for fund in found):
        raise SystemExit(1)
