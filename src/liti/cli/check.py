"""`liti check`: recompute everything that can be recomputed and name any difference."""

from __future__ import annotations

import click

from liti.cli.progress import console
from liti.core.context import acting, job
from liti.ledger.verify import verify
from liti.sample.queries import proof, sample_bank

SHOWN_MAX = 20


@click.command()
def check() -> None:
    """Recompute the books; exit code 1 and the account named when anything differs."""
    with acting(job("check")):
        clean = run_check(quiet=False)
    if not clean:
        raise SystemExit(1)


def run_check(*, quiet: bool) -> bool:
    """Check ledger and sample bank; prints findings always, the good news unless quiet."""
    found = verify()
    for finding in found.findings[:SHOWN_MAX]:
        line = f"[red]{finding.rule}[/]: {finding.subject}: {finding.detail}"
        console.print(line, soft_wrap=True)
    if len(found.findings) > SHOWN_MAX:
        console.print(f"… and {len(found.findings) - SHOWN_MAX:,} more")
    clean = found.clean
    if sample_bank():
        books = proof()
        clean = clean and books.holds
        for trans_id, account, recorded, ours in books.others[:SHOWN_MAX]:
            console.print(
                f"[red]recorded balance[/]: transaction {trans_id}, account {account}:"
                f" the bank recorded {recorded}, the ledger has {ours}",
                soft_wrap=True,
            )
        if not quiet:
            console.print(
                f"sample bank: {books.equal:,} of {books.rows:,} recorded balances equal,"
                f" {books.rounded:,} of them by a rounding of 0.10"
            )
    if not quiet:
        verdict = "all agree" if clean else "[red]differences found[/]"
        console.print(
            f"{found.accounts:,} accounts, {found.transfers:,} transfers,"
            f" {found.entries:,} entries recomputed: {verdict}"
        )
    return clean
