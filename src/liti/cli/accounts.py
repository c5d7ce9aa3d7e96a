"""Electronic accounts from the command line."""

from __future__ import annotations

import click

from liti.accounts import queries, services
from liti.cli.progress import console
from liti.core.money import format_minor


@click.group()
def accounts() -> None:
    """Electronic accounts and bound cards."""


@accounts.command()
@click.argument("number")
def show(number: str) -> None:
    """An account by its number, with its cards."""
    found = queries.find(number)
    console.print(
        f"{found.number} class {found.account_class} {found.status} opened {found.opened_on}"
        f" balance {format_minor(found.balance_minor)} ({found.id})"
    )
    for card in queries.bound_cards(found.id):
        console.print(f"  card {card.pan_masked} {card.issuer}")


@accounts.command()
@click.argument("number")
@click.argument("status", type=click.Choice(["active", "frozen", "dormant", "closed"]))
def move(number: str, status: str) -> None:
    """Freeze, revive, put to sleep or close an account."""
    services.move_account(queries.find(number).id, status)
    console.print(f"{number} is {status}")
