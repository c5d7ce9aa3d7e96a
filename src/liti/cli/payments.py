"""Payments by the bound card: look, pay in and out, resolve what is undecided."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import click

from liti.accounts import queries as accounts
from liti.cli.entering import COUNT
from liti.cli.progress import console
from liti.core.doors import door
from liti.core.errors import NotFound
from liti.core.money import format_minor, to_minor
from liti.payments import queries, services


@click.group()
def payments() -> None:
    """Payment cloud: in and out by the bound card (支付结算)."""


@payments.command("list")
@click.argument("number")
@click.option("--limit", type=COUNT, default=20, show_default=True)
def list_payments(number: str, limit: int) -> None:
    """The newest payments of the account NUMBER."""
    for found in queries.payments_of(accounts.find(number).id, limit):
        _line(found)


@payments.command()
@click.argument("number")
@click.argument("amount")
@click.option("--key", help="The same key is one payment; default: a new one.")
@door("payments.withdraw")
def withdraw(number: str, amount: str, key: str | None) -> None:
    """Pay AMOUNT (yuan) from the account NUMBER to its default card."""
    _pay(services.withdraw, number, amount, key)


@payments.command("top-up")
@click.argument("number")
@click.argument("amount")
@click.option("--key", help="The same key is one payment; default: a new one.")
@door("payments.top_up")
def top_up(number: str, amount: str, key: str | None) -> None:
    """Collect AMOUNT (yuan) from the default card of the account NUMBER."""
    _pay(services.top_up, number, amount, key)


@payments.command()
def undecided() -> None:
    """Payments that wait for the clearing house's word, oldest first."""
    for found in queries.undecided():
        _line(found)


@payments.command()
@door("payments.resolve_undecided")
def resolve() -> None:
    """Ask the clearing house about undecided payments; the worker does so every minute."""
    decided = services.resolve_undecided()
    left = len(queries.undecided(services.RESOLVE_MAX))
    console.print(f"{decided:,} payments decided, {left:,} still undecided")


@payments.command()
@click.argument("number")
def orders(number: str) -> None:
    """Standing orders of the account NUMBER."""
    for order in queries.standing_orders_of(accounts.find(number).id):
        console.print(
            f"{order.reference}  {order.kind:18}  {format_minor(order.amount_minor):>12}"
            f"  to {order.bank_to} {order.account_to}"
        )


@payments.command("end-order")
@click.argument("reference")
@door("payments.end_standing_order")
def end_order(reference: str) -> None:
    """Pay the standing order REFERENCE no more."""
    services.end_standing_order(reference)
    console.print(f"{reference} has ended")


def _pay(
    command: Callable[..., queries.PaymentView], number: str, amount: str, key: str | None
) -> None:
    account = accounts.find(number)
    card = next((c for c in accounts.bound_cards(account.id) if c.is_default), None)
    if card is None:
        raise NotFound(
            "payments.no_card",
            f"Account {number} has no active default card.",
            remedy="Bind one: liti accounts bind",
        )
    _line(command(account.id, card.id, to_minor(amount), key or f"cli-{uuid4()}"))


def _line(found: queries.PaymentView) -> None:
    amount = format_minor(found.amount_minor, found.currency)
    console.print(
        f"{found.id}  {found.booked_on}  {found.direction:3}  {amount:>14} {found.currency}"
        f"  {found.status:9}  {found.reason_code or found.clearing_reference}",
        soft_wrap=True,
    )
