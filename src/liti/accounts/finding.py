"""Finding accounts and cards by a whole number, or by the four digits that a mask shows."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.db.models.functions import Right

from liti.accounts.models import BoundCard, ElectronicAccount, IssuedCard
from liti.accounts.rules import pan_token
from liti.core.authority import BATCHES, query
from liti.core.lookups import searched
from liti.core.roles import CUSTOMERS, LEDGER

SHOWN, WHOLE_MIN, WHOLE_MAX = 4, 5, 24
PAN_MIN, PAN_MAX = 12, 19


@dataclass(frozen=True, slots=True)
class FoundAccount:
    """An account that fits. `end` is what of its number may be shown, `whole` whether the whole
    number was asked for."""

    id: UUID
    party_id: UUID
    account_class: str
    status: str
    end: str
    whole: bool


@dataclass(frozen=True, slots=True)
class FoundCard:
    """A card that fits: bound (another bank's) or issued by this bank."""

    account_id: UUID
    party_id: UUID
    issued: bool
    name: str
    status: str
    end: str
    whole: bool


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def find_accounts(text: str, limit: int = 20) -> list[FoundAccount]:
    """Accounts by the whole number or its last four digits; each search is logged. Any other
    part finds nothing. Raises TooMany."""
    asked = _asked(text, "account")
    if asked is None:
        return []
    value, whole = asked
    rows = ElectronicAccount.objects.annotate(end=Right("number", SHOWN))
    rows = rows.filter(number=value) if whole else rows.filter(end=value)
    return [
        FoundAccount(r.id, r.party_id, r.account_class, r.status, r.end, whole)
        for r in rows.order_by("number")[:limit]
    ]


@query(staff=CUSTOMERS, system=BATCHES)
def find_cards(text: str, limit: int = 20) -> list[FoundCard]:
    """Cards that are not unbound by the whole number, the bank's own by its whole reference,
    both by the last four; each search is logged. Raises TooMany."""
    asked = _asked(text, "card")
    if asked is None:
        return []
    value, whole = asked
    bound = BoundCard.objects.annotate(end=Right("pan_masked", SHOWN)).exclude(status="unbound")
    issued = IssuedCard.objects.annotate(end=Right("reference", SHOWN))
    if whole:
        issued = issued.filter(reference=value)
        token = pan_token(value, settings.SECRET_KEY)
        bound = bound.filter(pan_token=token) if _pan(value) else bound.none()
    else:
        issued, bound = issued.filter(end=value), bound.filter(end=value)
    found = [
        FoundCard(c.account_id, c.account.party_id, False, c.issuer, c.status, c.end, whole)
        for c in bound.select_related("account").order_by("id")[:limit]
    ]
    found += [
        FoundCard(c.account_id, c.party_id, True, c.kind, "active", c.end, whole)
        for c in issued.order_by("id")[:limit]
    ]
    return found[:limit]


def _asked(text: str, kind: str) -> tuple[str, bool] | None:
    """The value and whether it is a whole one, logged; None for what can be neither."""
    value = text.replace(" ", "").upper()
    digits = value.isascii() and value.isdigit()
    if digits and len(value) == SHOWN:
        searched(f"{kind}_end", value)
        return value, False
    some = value.isascii() and value.isalnum() and any(map(str.isdigit, value))
    if some and WHOLE_MIN <= len(value) <= WHOLE_MAX:
        searched(kind, value)
        return value, True
    return None


def _pan(value: str) -> bool:
    return value.isdigit() and PAN_MIN <= len(value) <= PAN_MAX
