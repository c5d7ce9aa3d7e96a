"""Whose an account or a card is, for declarations of who may call."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from liti.accounts.models import AccountHolder, BoundCard
from liti.accounts.rights import Right, roles_with
from liti.core.authority import Arguments, Parties, one_of


def held_by(argument: str) -> Parties:
    """The customer may see the account that an argument names."""
    return _with(Right.SEE, argument)


def paid_by(argument: str) -> Parties:
    """The customer may pay from and into the account that an argument names."""
    return _with(Right.PAY, argument)


def owned(argument: str) -> Parties:
    """The customer manages the account that an argument names: he binds a card to it."""
    return _with(Right.MANAGE, argument)


def holds_card(arguments: Arguments) -> Collection[UUID]:
    """Who may see the account that a card (`card_id`) is bound to."""
    return _of_card(Right.SEE, arguments)


def owns_card(arguments: Arguments) -> Collection[UUID]:
    """Who manages the account that a card (`card_id`) is bound to."""
    return _of_card(Right.MANAGE, arguments)


def parties_with(right: Right, account_id: UUID) -> set[UUID]:
    """The parties who have a right on an account today, by their roles."""
    rows = AccountHolder.objects.filter(
        account_id=account_id, valid_to=None, role__in=roles_with(right)
    )
    return set(rows.values_list("party_id", flat=True))


def _with(right: Right, argument: str) -> Parties:
    def found(arguments: Arguments) -> Collection[UUID]:
        return parties_with(right, arguments[argument])

    return one_of(found)


def _of_card(right: Right, arguments: Arguments) -> Collection[UUID]:
    cards = BoundCard.objects.filter(id=arguments["card_id"])
    account_id = cards.values_list("account_id", flat=True).first()
    return parties_with(right, account_id) if account_id else set()
