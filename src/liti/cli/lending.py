"""Loans: contracts on file, and what a loan would cost."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click

from liti.cli.entering import DAY, MONTHS
from liti.cli.progress import console
from liti.core.clock import business_date
from liti.core.money import format_minor, to_minor
from liti.core.numbers import to_decimal
from liti.lending import queries


@click.group()
def lending() -> None:
    """Lending cloud: contracts, schedules, what is owed (网络融资)."""


@lending.command("of")
@click.argument("party_id", type=click.UUID)
def of_party(party_id: UUID) -> None:
    """The contracts of a party."""
    for found in queries.contracts_of(party_id):
        _line(found)


@lending.command()
@click.argument("number")
def show(number: str) -> None:
    """A contract with its schedule and what is paid of it."""
    found = queries.find(number)
    _line(found)
    simple, compound = queries.annual_rates(found.id)
    console.print(f"  annual rate {simple:.2%} simple, {compound:.2%} compound")
    for line in queries.schedule(found.id):
        paid = "paid" if line.paid_minor == line.amount_minor else ""
        if 0 < line.paid_minor < line.amount_minor:
            paid = f"{format_minor(line.paid_minor)} paid"
        console.print(
            f"  {line.period:3}  {line.due_on}  {format_minor(line.amount_minor):>14}  {paid}"
        )


@lending.command()
@click.argument("principal")
@click.argument("rate")
@click.argument("months", type=MONTHS)
@click.option(
    "--method",
    default="equal_instalment",
    show_default=True,
    help="equal_instalment, equal_principal, interest_first or bullet.",
)
@click.option("--on", type=DAY, help="Signed on; default: today.")
def quote(principal: str, rate: str, months: int, method: str, on: datetime | None) -> None:
    """What PRINCIPAL (yuan) at RATE a year (such as 0.072) over MONTHS would cost."""
    signed_on = on.date() if on else business_date()
    found = queries.quote(to_minor(principal), to_decimal(rate), months, method, signed_on)
    for line in found.lines:
        console.print(f"  {line.period:3}  {line.due_on}  {format_minor(line.amount_minor):>14}")
    console.print(
        f"interest {format_minor(found.interest_minor)}, annual rate {found.rate_simple:.2%}"
        f" simple, {found.rate_compound:.2%} compound"
    )


def _line(found: queries.ContractView) -> None:
    console.print(
        f"{found.number}  signed {found.signed_on}  {format_minor(found.principal_minor)}"
        f" in {found.months} x {format_minor(found.instalment_minor)}  {found.status}"
        f"  owed {format_minor(found.outstanding_minor)}",
        soft_wrap=True,
    )
