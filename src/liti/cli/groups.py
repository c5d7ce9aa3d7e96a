"""`liti groups`: segments, life-cycle stages, the three groups."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from time import perf_counter

import click

from liti.cli.days import reached
from liti.cli.entering import DAY
from liti.cli.progress import bar
from liti.core.doors import door
from liti.core.errors import InvalidInput
from liti.groups import queries, services


@click.group()
def groups() -> None:
    """Who belongs together, and since when."""


@groups.command()
@click.option("--on", "day", type=DAY, help="Day; default: the business date.")
@door("groups.refresh")
def refresh(day: datetime | None) -> None:
    """Segments, stages and diagnoses of a day whose features are built."""
    on = reached(day)
    started = perf_counter()
    with bar("groups.refresh", services.REFRESH_STEPS) as advance:
        counts = services.refresh(on, progress=advance)
    click.echo(
        f"{counts.customers:,} customers: {counts.memberships:,} memberships in {counts.segments}"
        f" segments (+{counts.joined:,} -{counts.left:,}), {counts.stage_changes:,} stage changes,"
        f" {counts.diagnosed:,} diagnoses ({perf_counter() - started:.1f} s)"
    )


@groups.command("list")
def list_() -> None:
    """Segments, stages and the three groups with their sizes."""
    for segment in queries.segments():
        click.echo(
            f"{segment.members:10,}  {segment.code:20} {segment.name_en} · {segment.name_zh}"
        )
    click.echo()
    for stage in queries.stage_counts():
        click.echo(f"{stage.customers:10,}  {stage.stage:20} {stage.label}")
    click.echo()
    for gap in queries.three_groups():
        click.echo(f"{gap.customers:10,}  {gap.group:20} {gap.label}")
        for reason in gap.reasons:
            click.echo(f"{reason.customers:10,}    {reason.reason_en} · {reason.reason_zh}")


@groups.command()
@click.argument("rule", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def preview(rule: Path) -> None:
    """How many customers a rule finds; RULE is a JSON file."""
    try:
        given = json.loads(rule.read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput("groups.invalid_rule", f"{rule}: {error}") from error
    found = services.preview(given)
    click.echo(f"{found.count:,} of {found.customers:,} customers")
    for party_id in found.sample:
        click.echo(f"  {party_id}")
