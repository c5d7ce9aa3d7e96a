"""The bank's day: close it, look at it, load a calendar."""

from __future__ import annotations

import time
from datetime import date, datetime
from pathlib import Path

import click
from rich.table import Table

from liti.cli.entering import DAY, DAYS
from liti.cli.progress import console
from liti.core.clock import business_date
from liti.core.context import acting, job
from liti.core.doors import door
from liti.core.steps import DayStep
from liti.day import queries, services


@click.group()
def day() -> None:
    """The bank's day: its end, step by step, and its calendars (日终)."""


@day.command()
@click.option("--through", type=DAY, help="Close all days up to this one; default: one day.")
@door("day.close_days")
def close(through: datetime | None) -> None:
    """End the business date: all steps, then the next day begins.

    A day that is over may be closed at any time, today's from the cut-off on. A close that
    broke or was killed goes on where it was; a second one at the same time is told so.
    """
    began = time.monotonic()
    last = through.date() if through else None

    def progress(on: date, step: DayStep, place: int, done: int, total: int | None) -> None:
        if console.is_terminal:
            of = f" of {total:,}" if total is not None else ""
            console.print(f"  {on}  {place:2} {step.name:28} {done:,}{of}", end="\r")

    with acting(job("day.close")):
        ended = services.close_days(last, progress=progress)
    for on in ended:
        found = queries.day(on)
        console.print(
            f"{on} closed: {len(found.steps)} steps, {found.items:,} items, {found.seconds:.2f} s",
            soft_wrap=True,
        )
    spent = time.monotonic() - began
    console.print(
        f"{len(ended)} days in {spent:.1f} s ({spent / len(ended):.2f} s a day);"
        f" the business date is {business_date()}",
        soft_wrap=True,
    )


@day.command()
@click.option(
    "--days", type=DAYS, default=5, show_default=True, help="How many closed days are listed."
)
def status(days: int) -> None:
    """The business date, its steps, the days before, and until when the calendars reach."""
    found = queries.current()
    console.print(
        f"business date {found.on}: {found.state}, {found.done} of {len(found.steps)} steps"
    )
    for step in found.steps:
        of = f" of {step.items_all:,}" if step.items_all is not None else ""
        console.print(
            f"  {step.state:8} {step.name:28} {step.items_done:,}{of}  {step.seconds:.2f} s"
            f"  {step.error}",
            soft_wrap=True,
            markup=False,
        )
    for past in queries.history(days):
        console.print(f"{past.on} {past.state:8} {past.items:,} items, {past.seconds:.2f} s")
    for line in calendar_lines():
        console.print(line, soft_wrap=True)


@day.command()
def steps() -> None:
    """The steps in their order, each with what comes before it and its time over 30 days."""
    times = {t.name: t for t in queries.step_times()}
    table = Table("step", "after", "mean s", "max s", "items")
    for step in queries.steps():
        took = times.get(step.name)
        table.add_row(
            f"{step.name}\n  {step.title}",
            "everything" if step.last else "\n".join(step.after),
            f"{took.seconds_mean:.3f}" if took else "",
            f"{took.seconds_max:.3f}" if took else "",
            f"{took.items:,}" if took else "",
        )
    console.print(table)


@day.group()
def calendar() -> None:
    """Calendars: bank days (cn_bank) and exchange days (xshg)."""


@calendar.command("load")
@click.argument(
    "file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@click.option("--year", type=click.IntRange(2018, 2100), help="Only this year.")
@door("day.load_published")
def load_calendar(file: Path | None, year: int | None) -> None:
    """Load published days from FILE (calendar,day,is_business,name), else from the packages.

    What was provisional or other gives way, and what was reckoned with it is reckoned anew.
    """
    with acting(job("day.calendar")):
        report = services.load_published(file, year=year)
    console.print(
        f"{report.rows:,} days read, {report.new:,} new, {report.changed:,} are otherwise now"
    )
    for line in calendar_lines():
        console.print(line, soft_wrap=True)


def calendar_lines() -> list[str]:
    """Until when each calendar reaches, with a warning where that is soon."""
    return [
        f"calendar {c.name}: published until {c.published_until}, provisional until"
        f" {c.provisional_until}"
        + (f"  [yellow]ends in {c.days_left} days: load the arrangement[/]" if c.warned else "")
        for c in queries.calendars()
    ]
