"""`liti check`: recompute everything that can be recomputed and name any difference."""

from __future__ import annotations

import click

from liti.cli.progress import console
from liti.core.checks import run_all
from liti.core.context import acting, job

SHOWN_MAX = 20


@click.command()
def check() -> None:
    """Recompute the books; exit code 1 and the account named when anything differs."""
    with acting(job("check")):
        clean = run_check(quiet=False)
    if not clean:
        raise SystemExit(1)


def run_check(*, quiet: bool) -> bool:
    """Run the rooms' checks; prints findings and warnings always, the good news unless quiet."""
    clean = True
    for result in run_all():
        clean = clean and not result.findings
        for finding in result.findings[:SHOWN_MAX]:
            console.print(finding, style="red", soft_wrap=True, markup=False)
        if len(result.findings) > SHOWN_MAX:
            console.print(f"… and {len(result.findings) - SHOWN_MAX:,} more")
        for warning in result.warnings:
            console.print(warning, style="yellow", soft_wrap=True, markup=False)
        if not quiet:
            verdict = "all agree" if not result.findings else "[red]differences found[/]"
            console.print(f"{result.summary}: {verdict}", soft_wrap=True)
    return clean
