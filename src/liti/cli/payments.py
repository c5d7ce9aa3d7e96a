"""Payments from the command line."""

from __future__ import annotations

import click

from liti.cli.progress import console
from liti.payments import services


@click.group()
def payments() -> None:
    """Money in and out by the bound card."""


@payments.command()
def resolve() -> None:
    """Ask the clearing house about payments whose outcome is not known."""
    console.print(f"{services.resolve_undecided()} payments decided")
