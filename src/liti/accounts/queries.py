"""Reads of the accounts room. Balances come from the ledger, in minor units."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from liti.accounts.finding import FoundAccount as FoundAccount
from liti.accounts.finding import FoundCard as FoundCard
from liti.accounts.finding import find_accounts as find_accounts
from liti.accounts.finding import find_cards as find_cards
from liti.accounts.freezing import FreezeView as FreezeView
from liti.accounts.freezing import freezes_of as freezes_of
from liti.accounts.models import AccountHolder, BoundCard, ElectronicAccount, IssuedCard
from liti.accounts.rights import OWNER, RIGHTS, allows, roles_with
from liti.accounts.rights import Right as Right
from liti.accounts.whose import held_by as held_by
from liti.accounts.whose import holds_card
from liti.accounts.whose import paid_by as paid_by
from liti.core.authority import BATCHES, one_of, open_to_all, own, query
from liti.core.context import current_actor
from liti.core.errors import NotFound
from liti.core.lookups import searched
from liti.core.roles import CUSTOMERS, LEDGER, STAFF
from liti.ledger import queries as ledger
from liti.parties import queries as parties


@dataclass(frozen=True, slots=True)
class AccountView:
    """An electronic account as one of its holders sees it.

    `role`: what the reader is on it; empty for staff and jobs, who are nothing on it.
    """

    id: UUID
    number: str
    party_id: UUID
    account_class: str
    status: str
    currency: str
    balance_minor: int
    opened_on: date
    statement_cycle: str
    role: str

    def allows(self, right: Right) -> bool:
        """Whether the holder who sees it so has a right on it."""
        return allows(self.role, right)


@dataclass(frozen=True, slots=True)
class HolderView:
    """Who acts on an account, in which role, since when."""

    party_id: UUID
    role: str
    since: date


@dataclass(frozen=True, slots=True)
class CardView:
    """A bound card; its number is masked and known to nobody here."""

    id: UUID
    account_id: UUID
    pan_masked: str
    issuer: str
    holder_name: str
    status: str
    is_default: bool
    bound_on: date


@dataclass(frozen=True, slots=True)
class IssuedCardView:
    """A card of the bank's own."""

    reference: str
    account_id: UUID
    kind: str
    issued_on: date


@query(staff=CUSTOMERS | LEDGER, customer=own("party_id"), system=BATCHES)
def accounts_of(party_id: UUID) -> list[AccountView]:
    """Accounts on which a party may act, owned ones first, by opening day."""
    held = AccountHolder.objects.filter(
        party_id=parties.living(party_id), valid_to=None, role__in=roles_with(Right.SEE)
    ).select_related("account")
    rows = sorted(held, key=lambda h: (h.role != OWNER, h.account.opened_on, h.account.number))
    balances = ledger.balances([h.account_id for h in rows])
    return [_view(h.account, balances.get(h.account_id, 0), h.role) for h in rows]


@query(staff=CUSTOMERS | LEDGER, customer=own("party_id"), system=BATCHES)
def own_accounts(party_id: UUID) -> list[AccountView]:
    """Accounts whose money is the party's: what he sees as his assets and invests."""
    return [a for a in accounts_of(party_id) if a.allows(Right.OWN)]


@query(staff=CUSTOMERS | LEDGER, customer=held_by("account_id"), system=BATCHES)
def account(account_id: UUID) -> AccountView:
    """One account, with the reader's own role on it. Raises NotFound."""
    row = ElectronicAccount.objects.filter(id=account_id).first()
    if row is None:
        raise NotFound("accounts.unknown", _("There is no account %(id)s.") % {"id": account_id})
    return _view(row, ledger.balance(account_id), _role_of_reader(account_id))


@query(staff=CUSTOMERS | LEDGER, customer=held_by("account_id"), system=BATCHES)
def holders_of(account_id: UUID) -> list[HolderView]:
    """Everybody who acts on an account today, the owner first, then since when."""
    rows = AccountHolder.objects.filter(account_id=account_id, valid_to=None)
    told = [HolderView(h.party_id, h.role, h.valid_from) for h in rows]
    return sorted(told, key=lambda h: (h.role != OWNER, h.since, str(h.party_id)))


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def find(number: str) -> AccountView:
    """An account by its whole number; the search is logged. Raises NotFound, TooMany."""
    wanted = number.replace(" ", "")
    searched("account", wanted)
    row = ElectronicAccount.objects.filter(number=wanted).first()
    if row is None:
        raise NotFound("accounts.unknown", _("There is no account %(id)s.") % {"id": number})
    return account(row.id)


@query(staff=CUSTOMERS | LEDGER, system=BATCHES)
def holders(account_ids: Sequence[UUID]) -> dict[UUID, UUID]:
    """The owner of each account."""
    rows = ElectronicAccount.objects.filter(id__in=list(account_ids))
    return dict(rows.values_list("id", "party_id"))


@query(staff=CUSTOMERS | LEDGER, customer=held_by("account_id"), system=BATCHES)
def entries_of(
    account_id: UUID, *, before_seq: int | None = None, limit: int = 50
) -> list[ledger.EntryView]:
    """The ledger's entries of an electronic account, newest first. Raises NotFound for an
    account that is none of the customers'."""
    if not ElectronicAccount.objects.filter(id=account_id).exists():
        raise NotFound("accounts.unknown", _("There is no account %(id)s.") % {"id": account_id})
    return ledger.entries(account_id, before_seq=before_seq, limit=limit)


@query(staff=CUSTOMERS, customer=held_by("account_id"), system=BATCHES)
def bound_cards(account_id: UUID) -> list[CardView]:
    """Cards that can be used with an account, the default first."""
    rows = BoundCard.objects.filter(account_id=account_id, status="active")
    return [_card(c) for c in rows.order_by("-is_default", "bound_on")]


@query(staff=CUSTOMERS, customer=held_by("account_id"), system=BATCHES)
def cards_of(account_id: UUID) -> list[CardView]:
    """Every card that is bound now, suspended ones too, the default first."""
    rows = BoundCard.objects.filter(account_id=account_id).exclude(status="unbound")
    return [_card(c) for c in rows.order_by("-is_default", "bound_on", "id")]


@query(staff=CUSTOMERS, customer=one_of(holds_card), system=BATCHES)
def bound_card(card_id: UUID) -> CardView:
    """One bound card, whatever its status. Raises NotFound."""
    row = BoundCard.objects.filter(id=card_id).first()
    if row is None:
        raise NotFound("accounts.unknown_card", _("There is no such card."))
    return _card(row)


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def issued_cards(party_id: UUID) -> list[IssuedCardView]:
    """Cards of the bank's own that a party holds."""
    rows = IssuedCard.objects.filter(party_id=parties.living(party_id)).order_by("issued_on")
    return [IssuedCardView(c.reference, c.account_id, c.kind, c.issued_on) for c in rows]


@query(staff=CUSTOMERS, system=BATCHES)
def assets_by_party(party_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Deposits by owner (the living id), for those who own an open account."""
    owning = set(parties.resolve(party_ids).values())
    rows = ElectronicAccount.objects.filter(party_id__in=owning).exclude(status="closed")
    owners = dict(rows.values_list("id", "party_id"))
    sums: dict[UUID, int] = defaultdict(int)
    for account_id, minor in ledger.balances(list(owners)).items():
        sums[owners[account_id]] += minor
    return dict(sums)


@open_to_all("a number of the whole bank")
def count() -> int:
    """Open accounts."""
    return ElectronicAccount.objects.exclude(status="closed").count()


@query(staff=STAFF, system=BATCHES)
def deposits_minor() -> int:
    """What all customers' accounts hold now."""
    return ledger.subject_balance("2011")


def _role_of_reader(account_id: UUID) -> str:
    """The strongest of the reader's roles: as owner he is nothing less."""
    reader = current_actor().party_id
    if reader is None:
        return ""
    mine = AccountHolder.objects.filter(
        account_id=account_id, party_id=parties.living(reader), valid_to=None
    )
    held = set(mine.values_list("role", flat=True))
    return next((role for role in RIGHTS if role in held), "")


def _view(row: ElectronicAccount, balance_minor: int, role: str) -> AccountView:
    return AccountView(
        id=row.id,
        number=row.number,
        party_id=row.party_id,
        account_class=row.account_class,
        status=row.status,
        currency="CNY",
        balance_minor=balance_minor,
        opened_on=row.opened_on,
        statement_cycle=row.statement_cycle,
        role=role,
    )


def _card(row: BoundCard) -> CardView:
    return CardView(
        id=row.id,
        account_id=row.account_id,
        pan_masked=row.pan_masked,
        issuer=row.issuer,
        holder_name=row.holder_name,
        status=row.status,
        is_default=row.is_default,
        bound_on=row.bound_on,
    )
