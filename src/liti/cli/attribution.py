"""Who gets the benefit of the bank's sales."""

from __future__ import annotations

from datetime import datetime, timedelta

import click
from rich.table import Table

from liti.attribution import queries
from liti.cli.days import reached
from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core.money import format_minor


@click.group()
def attribution() -> None:
    """Attribution: who brought a sale, and each one's share."""


@attribution.command()
@click.option("--from", "start", type=DAY, help="First day; default: 30 days back.")
@click.option("--to", "end", type=DAY, help="Last day; default: business date.")
def report(start: datetime | None, end: datetime | None) -> None:
    """Benefits by department in both ledgers; exits 1 when shares don't sum to the whole."""
    last = reached(end)
    first = start.date() if start else last - timedelta(days=30)
    found = queries.benefits_by_department(first, last)
    table = Table("department", "sales", "in the books", "management view")
    for line in found.lines:
        table.add_row(
            line.department + (f" ({line.partner_id})" if line.partner_id else ""),
            f"{line.sales:,}",
            format_minor(line.financial_minor),
            format_minor(line.shadow_minor),
        )
    console.print(table)
    console.print(
        f"{first} to {last}: benefit {format_minor(found.benefit_minor)}, shares "
        f"{format_minor(found.financial_minor)} ({'agrees' if found.agrees else 'DIFFERS'}), "
        f"double counting to eliminate {format_minor(found.elimination_minor)}"
    )
    if not found.agrees:
        raise SystemExit(1)
