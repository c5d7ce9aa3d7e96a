"""Which bound card payments go by; bound and issued cards of a bank that exists."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts.bins import issuer_of
from liti.accounts.models import BoundCard, ElectronicAccount
from liti.accounts.rules import masked_pan, pan_problem, pan_token
from liti.accounts.whose import owns_card
from liti.core.authority import command, one_of
from liti.core.bulk import copy_rows
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.roles import SERVICE, roles
from liti.parties import queries as parties


@dataclass(frozen=True, slots=True)
class NewBoundCard:
    """A card that is bound on file; its number is checked and forgotten."""

    id: UUID
    account_id: UUID
    pan: str
    holder_name: str
    bound_on: date


@dataclass(frozen=True, slots=True)
class NewIssuedCard:
    """A card of the bank's own that is on file."""

    id: UUID
    reference: str
    account_id: UUID
    party_id: UUID
    kind: str
    issued_on: date
    origin: str = "live"


@command(system=("demo",))
@transaction.atomic
def bind_cards(cards: Sequence[NewBoundCard]) -> int:
    """Put the bound cards of a bank that exists on file, each its account's default; those
    there already stay. Returns how many are new. Raises InvalidInput for a wrong number."""
    for card in cards:
        if pan_problem(card.pan):
            raise InvalidInput(
                "accounts.bad_card_number",
                _("This is not a valid card number."),
                remedy=_("Check the digits on the card."),
                field="pan",
            )
    return copy_rows(
        "accounts_boundcard",
        ["id", "account_id", "pan_masked", "pan_token", "issuer", "holder_name", "status",
         "is_default", "bound_on"],
        (
            (c.id, c.account_id, masked_pan(c.pan), pan_token(c.pan, settings.SECRET_KEY),
             issuer_of(c.pan), c.holder_name, "active", True, c.bound_on)
            for c in cards
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip


@command(staff=SERVICE | roles("risk_officer"), customer=one_of(owns_card))
@transaction.atomic
def default_card(card_id: UUID) -> None:
    """Make an active bound card the one that payments go by. Raises NotFound, Refused."""
    card = BoundCard.objects.filter(id=card_id).first()
    if card is None:
        raise NotFound("accounts.unknown_card", _("There is no such card."))
    ElectronicAccount.objects.select_for_update(no_key=True).get(id=card.account_id)
    card = BoundCard.objects.select_for_update().get(id=card_id)
    if card.status != "active":
        raise Refused(
            "accounts.card_not_active",
            _("Only an active card can be the default."),
            remedy=_("Revive it first, or choose another card."),
        )
    BoundCard.objects.filter(account_id=card.account_id, is_default=True).update(is_default=False)
    BoundCard.objects.filter(id=card_id).update(is_default=True)


@command(system=("demo",))
@transaction.atomic
def issue_cards(cards: Sequence[NewIssuedCard]) -> int:
    """Put issued cards on file in bulk; those there already stay."""
    held = parties.hold_many({c.party_id for c in cards})
    return copy_rows(
        "accounts_issuedcard",
        ["id", "reference", "account_id", "party_id", "kind", "issued_on", "origin"],
        (
            (c.id, c.reference, c.account_id, held[c.party_id], c.kind, c.issued_on, c.origin)
            for c in cards
        ),
        on_conflict_do_nothing=True,
    )
