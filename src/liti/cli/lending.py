"""Loans from the command line."""

from __future__ import annotations

from uuid import UUID

import click

from liti.cli.progress import console
from liti.core.money import format_minor
from liti.lending import queries


@click.group()
def lending() -> None:
    """Contracts and schedules."""


@lending.command()
@click.argument("contract_id", type=click.UUID)
def show(contract_id: UUID) -> None:
    """A contract with its schedule and what is paid."""
    found = queries.contract(contract_id)
    console.print(f"{found.number} {found.status} owed {format_minor(found.outstanding_minor)}")
    for line in queries.schedule(contract_id):
        console.print(
            f"  {line.period:3} {line.due_on} {format_minor(line.amount_minor):>14}"
            f" paid {format_minor(line.paid_minor):>14}"
        )
