"""Events: who hears what, what waits, dead letters."""

from __future__ import annotations

import click
from rich.table import Table

from liti.cli.entering import COUNT, NUMBER
from liti.cli.progress import console
from liti.core import delivery
from liti.core.context import acting, job
from liti.core.delivery import DeliveryView

JOB = "core.events"


@click.group()
def events() -> None:
    """Events and their delivery: what waits, dead letters (事件投递)."""


@events.command()
def handlers() -> None:
    """Who hears what, and how much waits for each; those too whose handler is gone."""
    with acting(job(JOB)):
        found = delivery.standings()
    table = Table("handler", "hears", "waiting", "paused", "dead")
    for line in found:
        hears = ", ".join(line.types) if line.has_handler else "(no such handler)"
        table.add_row(
            line.handler, hears, f"{line.waiting:,}", f"{line.paused:,}", f"{line.dead:,}"
        )
    console.print(table)


@events.command("list")
@click.option("--state", type=click.Choice(["dead", "waiting", "given_up"]), default=None)
@click.option("--handler", default="", help="Only this handler's.")
@click.option("--limit", type=COUNT, default=20, show_default=True)
def list_deliveries(state: str | None, handler: str, limit: int) -> None:
    """What did not go well, the newest failure first."""
    with acting(job(JOB)):
        found = delivery.deliveries(state=state or "", handler=handler, limit=limit)
    for row in found:
        _line(row)
    if not found:
        click.echo("Every event was handled.")


@events.command()
@click.argument("delivery_id", type=NUMBER)
def retry(delivery_id: int) -> None:
    """Try a dead or paused delivery again now; what waits behind it follows."""
    with acting(job(JOB)):
        _line(delivery.retry_delivery(delivery_id))


@events.command("give-up")
@click.argument("delivery_id", type=NUMBER)
@click.argument("reason")
def give_up(delivery_id: int, reason: str) -> None:
    """Let the handler never have this event, for REASON; what waits behind it goes on."""
    with acting(job(JOB)):
        _line(delivery.give_up_delivery(delivery_id, reason))


@events.command()
@click.option("--limit", default=1000, show_default=True)
def deliver(limit: int) -> None:
    """Deliver what is due; the worker does so by itself."""
    with acting(job(JOB)):
        click.echo(f"{delivery.deliver_pending(limit):,} delivered")


@events.command()
def remove() -> None:
    """Remove delivered events that are older than the bank keeps; done nightly by itself."""
    with acting(job(JOB)):
        click.echo(f"{delivery.remove_old():,} rows removed")


def _line(row: DeliveryView) -> None:
    click.echo(
        f"{row.id}  {row.state}  {row.handler}  {row.type}  {row.key}  attempts {row.attempts}"
        f"  behind {row.behind}  {row.last_error[:80]}".rstrip()
    )
