"""The books from the command line."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click
from rich.table import Table

from liti.cli.days import reached
from liti.cli.entering import COUNT, DAY
from liti.cli.progress import console
from liti.core.money import format_minor
from liti.ledger import queries


@click.group()
def ledger() -> None:
    """Every fen, both sides."""


@ledger.command("trial-balance")
@click.option("--on", type=DAY, help="Business date; default: now.")
def trial_balance(on: datetime | None) -> None:
    """Turnover and balance by subject."""
    found = queries.trial_balance(reached(on) if on else None)
    table = Table("subject", "", "debits", "credits", "debit balance", "credit balance")
    for column in table.columns[2:]:
        column.justify = "right"
    for line in found.lines:
        amounts = (
            line.debits_minor,
            line.credits_minor,
            line.debit_balance_minor,
            line.credit_balance_minor,
        )
        table.add_row(
            line.gl_code,
            line.name_en,
            *(format_minor(a, line.currency) if a else "" for a in amounts),
        )
    console.print(table)
    console.print("balanced" if found.balanced else "[red]not balanced[/]")


@ledger.command()
@click.argument("account_id", type=click.UUID)
@click.option("--limit", type=COUNT, default=20, show_default=True)
def entries(account_id: UUID, limit: int) -> None:
    """The newest entries of an account."""
    account = queries.account(account_id)
    for e in queries.entries(account_id, limit=limit):
        console.print(
            f"{e.booked_on} {e.kind:20} {format_minor(e.change_minor, account.currency):>16}"
            f" {format_minor(e.balance_after_minor, account.currency):>18} {e.origin}"
        )
    console.print(f"balance {format_minor(account.balance_minor, account.currency)}")


@ledger.command()
@click.argument("transfer_id", type=click.UUID)
def transfer(transfer_id: UUID) -> None:
    """A transfer with both sides."""
    t = queries.transfer(transfer_id)
    console.print(f"{t.booked_on} {t.kind} {format_minor(t.amount_minor, t.currency)} {t.currency}")
    console.print(f"  debit  {t.debit.code or t.debit.name} ({t.debit.id})")
    console.print(f"  credit {t.credit.code or t.credit.name} ({t.credit.id})")
