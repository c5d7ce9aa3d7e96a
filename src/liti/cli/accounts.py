"""Electronic accounts: look, open, bind a card, freeze and close."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import click

from liti.accounts import queries, services
from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core.clock import business_date
from liti.core.doors import door
from liti.core.money import format_minor

CLASSES = ("I", "II", "III", "enterprise")


@click.group()
def accounts() -> None:
    """Electronic accounts, their cards and what they may do today (电子账户)."""


@accounts.command()
@click.argument("number")
def show(number: str) -> None:
    """An account with its owner, balance and bound cards."""
    found = queries.find(number)
    _line(found)
    console.print(f"  owner {found.party_id}, opened {found.opened_on}")
    console.print(f"  id {found.id}")
    for card in queries.bound_cards(found.id):
        default = ", default" if card.is_default else ""
        issuer = card.issuer or "issuer not known"
        console.print(f"  card {card.pan_masked}  {issuer}  {card.status}{default}")


@accounts.command("of")
@click.argument("party_id", type=click.UUID)
def of_party(party_id: UUID) -> None:
    """The accounts on which a party may act."""
    for found in queries.accounts_of(party_id):
        _line(found)


@accounts.command("open")
@click.argument("party_id", type=click.UUID)
@click.argument("account_class", type=click.Choice(CLASSES[1:]))
@door("accounts.open_account")
def open_one(party_id: UUID, account_class: str) -> None:
    """Open an account online for a customer who is known."""
    _line(queries.account(services.open_account(party_id, account_class)))


@accounts.command()
@click.argument("number")
@click.argument("pan")
@click.argument("holder")
@door("accounts.bind_card")
def bind(number: str, pan: str, holder: str) -> None:
    """Bind another bank's card PAN of HOLDER to the account NUMBER."""
    card = queries.bound_card(services.bind_card(queries.find(number).id, pan, holder))
    console.print(f"{card.pan_masked}  {card.issuer or 'issuer not known'}  {card.status}")


@accounts.command()
@click.argument("number")
@click.argument("status", type=click.Choice(["active", "frozen", "dormant", "closed"]))
@click.option("--reason", default="", help="Why; needed to freeze and to lift.")
@door("accounts.move_account")
def move(number: str, status: str, reason: str) -> None:
    """Freeze, revive, put to sleep or close an account."""
    found = queries.find(number)
    services.move_account(found.id, status, reason)
    _line(queries.account(found.id))


@accounts.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
def limits(on: datetime | None) -> None:
    """What each class may do on a day, in yuan; “–” where the rules set no limit."""
    day = on.date() if on else business_date()
    console.print(f"{day}       balance  unbound out a day        a year  in from unbound")
    for name in CLASSES:
        found = services.limits_of(name, day)
        console.print(
            f"{name:10}  {_limit(found.balance_max_minor):>12}"
            f"  {_limit(found.unbound_out_per_day_minor):>17}"
            f"  {_limit(found.unbound_out_per_year_minor):>12}"
            f"  {'yes' if found.unbound_in_allowed else 'no'}"
        )


def _limit(minor: int | None) -> str:
    return "–" if minor is None else format_minor(minor)


def _line(found: queries.AccountView) -> None:
    balance = format_minor(found.balance_minor, found.currency)
    roles = found.role or ", ".join(sorted({h.role for h in queries.holders_of(found.id)}))
    console.print(
        f"{found.number}  class {found.account_class}  {found.status}  {balance} {found.currency}"
        f"  {roles}",
        soft_wrap=True,
    )
