"""`liti demo`: from nothing to a clickable bank."""

from __future__ import annotations

import time

import click
from django.conf import settings
from rich.table import Table

from liti.cli.check import run_check
from liti.cli.db import bring_up_to_date
from liti.cli.entering import PORT
from liti.cli.progress import bar, console
from liti.cli.serve import clearing_port_option, require_free, serve_house
from liti.core.alone import alone
from liti.core.context import acting, job
from liti.core.usage import Usage
from liti.ledger import queries as ledger
from liti.sample import demo as walk
from liti.sample.staff import PASSWORD, STAFF

MIB = 1 << 20


@click.command()
@click.option(
    "--customers",
    type=click.IntRange(50, 2_000_000),
    help="Size; default: the real bank's 5,369.",
)
@click.option(
    "--days",
    type=click.IntRange(1, 365),
    help="How many of the last days are closed; default: 30, of a large bank 7.",
)
@click.option("--no-serve", is_flag=True, help="End when the bank is made.")
@click.option(
    "--port", type=PORT, default=8000, show_default=True, help="Where the console is served."
)
@clearing_port_option
def demo(
    customers: int | None, days: int | None, no_serve: bool, port: int, clearing_port: int | None
) -> None:
    """Install the sample bank, take it through the whole walk, serve the console.

    A broken run resumes where it stopped; a finished one starts at once.
    """
    began = time.monotonic()
    console.print(f"[bold]Liti[/] demonstration bank in {settings.VAR_DIR}")
    if not no_serve:
        require_free("--port", port, "127.0.0.1")  # told now, not after the walk
    with alone("demo", settings.VAR_DIR, _say):
        bring_up_to_date()
        with acting(job("demo")):
            done = _walk(customers, days)
            _close(done, time.monotonic() - began)
    if any(d.counts.get("mismatches") for d in done):
        with acting(job("check")):
            run_check(quiet=True)
        raise SystemExit(1)
    _logins(port)
    if not no_serve:
        serve_house(port, clearing_port=clearing_port)


def _say(line: str) -> None:
    console.print(line, soft_wrap=True, markup=False)


def _walk(customers: int | None, days: int | None) -> list[walk.Done]:
    bank = walk.begin(customers=customers, closed_days=days)
    done = []
    for step in walk.STEPS:
        with bar(step.title) as advance:
            result = walk.run(step, bank, advance)
        done.append(result)
        note = "done before" if result.resumed else f"{result.seconds:6.1f} s"
        line = f"  {step.title:34} {note:>12}   {_figures(result.counts)}"
        console.print(line, soft_wrap=True)
    return done


def _figures(counts: dict[str, object]) -> str:
    shown = [
        f"{name.replace('_', ' ')} {value:,}" if isinstance(value, int) else f"{name} {value}"
        for name, value in counts.items()
        if name != "seconds"
    ]
    return "  ".join(shown)


def _close(done: list[walk.Done], seconds: float) -> None:
    by_name = {d.step.name: d for d in done}
    totals = ledger.totals()
    simulated = by_name["simulate"]
    rate = simulated.counts["transfers"] / simulated.seconds if simulated.seconds else 0
    check = by_name["check"].counts
    rows = [
        ("records in", by_name["import"].counts["records_in"]),
        ("records rejected (with their reasons)", by_name["import"].counts["rejected"]),
        ("customers out", by_name["match"].counts["customers"]),
        ("match precision / recall against the truth",
         f"{by_name['match'].counts['precision']} / {by_name['match'].counts['recall']}"),
        ("transfers posted", totals["transfers"]),
        ("  of the real bank's books", totals.get("transfers_recorded", 0)),
        ("  simulated", totals.get("transfers_simulated", 0)),
        ("simulated transfers/s, making included", round(rate)),
        ("recorded balances checked", check["balances_checked"]),
        ("  rounding differences of 0.10, posted and listed", check["differences_rounded"]),
        ("mismatches", check["mismatches"]),
        ("days closed", by_name["days"].counts["days"]),
        ("  seconds a day, mean", by_name["days"].counts["close_seconds_a_day"]),
        ("today's plan: contacts", by_name["days"].counts["planned"]),
        ("time of this run, s", round(seconds, 1)),
    ]  # fmt: skip
    table = Table("", "figure", title="The walk", title_justify="left")
    table.columns[1].justify = "right"
    for name, value in rows:
        table.add_row(name, f"{value:,}" if isinstance(value, int) else str(value))
    console.print(table)
    console.print(_taken(done))


def _taken(done: list[walk.Done]) -> Table:
    """What each step took: seconds on the clock and of processor, and the most memory."""
    table = Table("", title="What it took", title_justify="left")
    for name in ("s", "CPU s, program", "database", "most MiB, program", "database"):
        table.add_column(name, justify="right")
    for step in done:
        table.add_row(step.step.title, *_usage(step.usage))
    everything = [d.usage for d in done]
    table.add_section()
    table.add_row(
        "all steps",
        *_usage(
            Usage(
                sum(u.seconds for u in everything),
                sum(u.cpu_seconds for u in everything),
                max(u.memory for u in everything),
                sum(u.database_cpu_seconds or 0 for u in everything) or None,
                max(u.database_memory or 0 for u in everything) or None,
            )
        ),
    )
    return table


def _usage(usage: Usage) -> list[str]:
    seconds = (usage.seconds, usage.cpu_seconds, usage.database_cpu_seconds)
    memory = (usage.memory, usage.database_memory)
    return [
        *("–" if x is None else f"{x:,.1f}" for x in seconds),
        *("–" if x is None else f"{x / MIB:,.0f}" for x in memory),
    ]


def _logins(port: int) -> None:
    """Plain lines, so that nothing is cut on a narrow terminal."""
    console.print(f"Demonstration logins, all with the password [bold]{PASSWORD}[/]:")
    here = f"http://127.0.0.1:{port}"
    rows = [(login.username, login.role.replace("_", " "), f"{here}/") for login in STAFF]
    rows += [("customer", "a customer", f"{here}/m/"), ("partner", "a partner", f"{here}/portal/")]
    for username, who, where in rows:
        console.print(f"  {username:10} {who:22} {where}", soft_wrap=True)
    console.print(
        f"The partner's program asks {here}/o/token/ for a token by client credentials:"
        f" {walk.PARTNER_CLIENT} / {walk.PARTNER_SECRET}",
        soft_wrap=True,
    )
