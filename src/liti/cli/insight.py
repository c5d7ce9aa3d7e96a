"""`liti insight`: the history as Parquet, and what is computed from it."""

from __future__ import annotations

from datetime import date, datetime
from time import perf_counter

import click

from liti.cli.entering import DAY
from liti.cli.progress import bar
from liti.core.clock import business_date
from liti.core.doors import door
from liti.insight import queries, services


@click.group()
def insight() -> None:
    """The data cloud: export history, compute features.

    Both can be repeated at any time: only what changed is done again.
    """


@insight.command()
@door("insight.export_history")
def export() -> None:
    """Bring the Parquet files up to date with the books, a month a file."""
    started = perf_counter()
    with bar("insight.export") as advance:
        counts = services.export_history(progress=advance)
    click.echo(
        f"{counts.entries_written:,} entries in {counts.months_written} of {counts.months} months,"
        f" {counts.accounts:,} accounts, {counts.holdings:,} holdings"
        f" ({perf_counter() - started:.1f} s)"
    )


@insight.command()
@click.option("--on", "day", type=DAY, help="Day; default: the business date.")
@click.option("--export", "export_first", is_flag=True, help="Bring the history up to date first.")
@door("insight.build_features")
def features(day: datetime | None, export_first: bool) -> None:
    """Compute all features of all customers on a day; fails on a history that is too old."""
    on: date = day.date() if day else business_date()
    started = perf_counter()
    if export_first:
        services.export_history()
    with bar("insight.features", services.BUILD_STEPS) as advance:
        counts = services.build_features(on, progress=advance, just_exported=export_first)
    click.echo(
        f"{counts.features} features of {counts.customers:,} customers on {counts.as_of}"
        f" ({perf_counter() - started:.1f} s)"
    )


@insight.command()
def catalogue() -> None:
    """List the features with their meaning, unit and window."""
    for info in queries.feature_catalogue():
        click.echo(f"{info.name:34} {info.unit:6} {info.window:14} {info.name_en} · {info.name_zh}")
