"""Whose an account or a card is, for declarations of who may call."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from liti.accounts.models import AccountHolder, BoundCard, ElectronicAccount
from liti.core.authority import Arguments, Parties, one_of


def held_by(argument: str) -> Parties:
    """The customer holds the account that an argument names: as its owner, or as one whom
    the owner authorised. Both see the account and pay by its cards."""

    def holders(arguments: Arguments) -> Collection[UUID]:
        return _holders(arguments[argument])

    return one_of(holders)


def owned(argument: str) -> Parties:
    """The customer owns the account that an argument names: only he binds a card to it."""

    def owner(arguments: Arguments) -> Collection[UUID]:
        rows = ElectronicAccount.objects.filter(id=arguments[argument])
        return set(rows.values_list("party_id", flat=True))

    return owner


def holds_card(arguments: Arguments) -> Collection[UUID]:
    """The holders of the account that a card (`card_id`) is bound to."""
    cards = BoundCard.objects.filter(id=arguments["card_id"])
    account_id = cards.values_list("account_id", flat=True).first()
    return _holders(account_id) if account_id else set()


def owns_card(arguments: Arguments) -> Collection[UUID]:
    """The owner of the account that a card (`card_id`) is bound to."""
    cards = BoundCard.objects.filter(id=arguments["card_id"])
    return set(cards.values_list("account__party_id", flat=True))


def _holders(account_id: UUID) -> set[UUID]:
    rows = AccountHolder.objects.filter(account_id=account_id, valid_to=None)
    return set(rows.values_list("party_id", flat=True))
