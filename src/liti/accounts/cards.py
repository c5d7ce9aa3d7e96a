"""Which bound card payments go by."""

from __future__ import annotations

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from liti.accounts.models import BoundCard, ElectronicAccount
from liti.accounts.whose import owns_card
from liti.core.authority import command, one_of
from liti.core.errors import NotFound, Refused
from liti.core.roles import SERVICE, roles


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
