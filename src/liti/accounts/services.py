"""Commands of the accounts room: open, freeze and close accounts, bind and issue cards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liti.accounts import freezing, rules
from liti.accounts.bins import Prefix as Prefix
from liti.accounts.bins import issuer_of
from liti.accounts.bins import prefixes as prefixes
from liti.accounts.cards import NewBoundCard as NewBoundCard
from liti.accounts.cards import NewIssuedCard as NewIssuedCard
from liti.accounts.cards import bind_cards as bind_cards
from liti.accounts.cards import default_card as default_card
from liti.accounts.cards import issue_cards as issue_cards
from liti.accounts.checking import check_new, check_numbers
from liti.accounts.events import ACCOUNT_OPENED, CARD_BOUND
from liti.accounts.models import BoundCard, ElectronicAccount
from liti.accounts.rules import (
    ACCOUNT_STATES,
    CARD_STATES,
    AccountClass,
    Limits,
    Movement,
    account_number,
    masked_pan,
    pan_problem,
    pan_token,
    refusal,
    status_allows,
)
from liti.accounts.whose import held_by, owned, owns_card
from liti.core import params, vetoes
from liti.core.authority import command, one_of, open_to_all, own, query
from liti.core.bulk import copy_rows
from liti.core.clock import business_date
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.ids import uuid7, uuid7_at
from liti.core.roles import LEDGER, SERVICE, roles
from liti.ledger import services as ledger
from liti.parties import queries as parties

DEPOSITS = "2011"
HOLDER_MAX = 80


@dataclass(frozen=True, slots=True)
class NewElectronicAccount:
    """An account to open. The overdraft is a positive amount in minor units (0: none)."""

    id: UUID
    number: str
    party_id: UUID
    account_class: str
    opened_on: date
    overdraft_minor: int = 0
    statement_cycle: str = "monthly"
    co_holders: Sequence[UUID] = field(default=())
    origin: str = "live"


@command(system=("demo",))
@transaction.atomic
def open_accounts(accounts: Sequence[NewElectronicAccount]) -> int:
    """Open accounts in bulk with their ledger accounts and holders; those there already stay.

    Counts per person are not checked here: this is the door for books that exist. Returns
    how many were opened. Raises InvalidInput for a class that is not known or a negative
    overdraft, Conflict for a number that another account has; nothing is opened then.
    """
    for a in accounts:
        check_new(a.number, a.account_class, a.overdraft_minor)
    held = parties.hold_many({p for a in accounts for p in (a.party_id, *a.co_holders)})
    ledger.open_accounts(
        [
            ledger.NewAccount(
                id=a.id, name=a.number, gl_code=DEPOSITS, floor_minor=-a.overdraft_minor
            )
            for a in accounts
        ]
    )
    opened = copy_rows(
        "accounts_electronicaccount",
        ["id", "number", "party_id", "account_class", "status", "opened_on", "statement_cycle",
         "origin"],
        (
            (a.id, a.number, held[a.party_id], a.account_class, "active", a.opened_on,
             a.statement_cycle, a.origin)
            for a in accounts
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip
    check_numbers({a.id: a.number for a in accounts})
    copy_rows(
        "accounts_accountholder",
        ["id", "account_id", "party_id", "role", "valid_from"],
        (
            (_holder_id(a, party, role), a.id, held[party], role, a.opened_on)
            for a in accounts
            for party, role in [
                (a.party_id, "owner"),
                *((p, "authorised_user") for p in a.co_holders if held[p] != held[a.party_id]),
            ]
        ),
        on_conflict_do_nothing=True,
    )
    return opened


@command(staff=SERVICE, customer=own("party_id"), system=("demo",))
@transaction.atomic
def open_account(party_id: UUID, account_class: str) -> UUID:
    """Open one account online. Raises Refused when the party has as many as allowed.

    Class I can't be opened without a face-to-face check (银发〔2016〕302号), so not here.
    Classes are for persons; an organisation opens an enterprise account. Raises NotFound
    for an unknown party.
    """
    if account_class not in set(AccountClass) - {AccountClass.I}:
        raise Refused(
            "accounts.class_not_online",
            _("An account of class %(name)s can't be opened online.") % {"name": account_class},
        )
    party_id = _fitting_party(party_id, account_class)
    with connection.cursor() as cursor:  # one opening at a time for one person
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [str(party_id)])
        cursor.execute("SELECT nextval('accounts_number')")
        serial = cursor.fetchone()[0]
    open_now = ElectronicAccount.objects.filter(
        ~Q(status="closed"), party_id=party_id, account_class=account_class
    ).count()
    allowed = int(params.get("accounts.count_max", scope=account_class))
    if open_now >= allowed:
        raise Refused(
            "accounts.too_many",
            _("One person may hold at most %(max)d accounts of class %(name)s here.")
            % {"max": allowed, "name": account_class},
            remedy=_("Use one of the accounts that are open."),
        )
    new = NewElectronicAccount(
        uuid7(), account_number(serial), party_id, account_class, business_date()
    )
    open_accounts([new])
    emit(ACCOUNT_OPENED, str(new.id), {"party_id": str(party_id), "class": account_class})
    return new.id


@command(staff=SERVICE, customer=owned("account_id"), system=("demo",))
@transaction.atomic
def bind_card(account_id: UUID, pan: str, holder_name: str, is_default: bool = True) -> UUID:
    """Bind another bank's card; the same card again returns its binding.

    The number is checked and forgotten: what is kept is its mask and a keyed fingerprint.
    Raises InvalidInput for a wrong number or holder, Refused beyond the number of cards
    allowed.
    """
    account = _locked(account_id)
    holder = holder_name.strip()
    # A mask is no name: the holder's stands in what the clearing house is sent.
    if not holder.isprintable() or not 1 <= len(holder) <= HOLDER_MAX or "*" in holder:
        raise InvalidInput(
            "accounts.bad_card_holder",
            _("The holder's name has 1 to %(max)d printable characters, none of them a mask.")
            % {"max": HOLDER_MAX},
            field="holder_name",
        )
    digits = pan.replace(" ", "").replace("-", "")
    if pan_problem(digits):
        raise InvalidInput(
            "accounts.bad_card_number",
            _("This is not a valid card number."),
            remedy=_("Check the digits on the card."),
            field="pan",
        )
    token = pan_token(digits, settings.SECRET_KEY)
    bound = BoundCard.objects.filter(account=account).exclude(status="unbound")
    if found := bound.filter(pan_token=token).first():
        return found.id
    allowed = int(params.get("accounts.bound_cards_max"))
    if bound.count() >= allowed:
        raise Refused(
            "accounts.too_many_cards",
            _("At most %(max)d cards can be bound to an account.") % {"max": allowed},
            remedy=_("Unbind one first."),
        )
    if is_default:
        bound.update(is_default=False)
    card = BoundCard.objects.create(
        account=account,
        pan_masked=masked_pan(digits),
        pan_token=token,
        issuer=issuer_of(digits),
        holder_name=holder,
        is_default=is_default or not bound.exists(),
        bound_on=business_date(),
    )
    emit(CARD_BOUND, str(account_id), {"card_id": str(card.id)})
    return card.id


@command(staff=SERVICE | roles("risk_officer"), customer=one_of(owns_card))
@transaction.atomic
def move_card(card_id: UUID, status: str) -> None:
    """Suspend, revive or unbind a card.

    Unbinding asks for vetoes (`cards.unbind`): the last active card stays while the account
    holds money, for instance. When the default goes, the oldest active card takes its place.
    """
    card = BoundCard.objects.filter(id=card_id).first()
    if card is None:
        raise NotFound("accounts.unknown_card", _("There is no such card."))
    _locked(card.account_id)
    card = BoundCard.objects.select_for_update().get(id=card_id)
    CARD_STATES.require(card.status, status)
    if status == "unbound":
        vetoes.require("cards.unbind", [card_id])
    others = BoundCard.objects.filter(account_id=card.account_id, status="active")
    others = others.exclude(id=card_id).order_by("bound_on", "id")
    was_default = card.is_default
    card.status = status
    card.is_default = was_default and status != "unbound"
    card.save(update_fields=["status", "is_default"])
    if was_default and status == "unbound" and (heir := others.first()):
        BoundCard.objects.filter(id=heir.id).update(is_default=True)


@command(staff=roles("risk_officer", "service_desk", "operation_head"))
@transaction.atomic
def move_account(account_id: UUID, status: str, reason: str = "") -> None:
    """Freeze, revive, put to sleep or close an account, here and in the ledger.

    Closing and freezing ask for vetoes (`accounts.close`, `accounts.freeze`) while the row
    is held FOR UPDATE: a refusal names every reason of every room, with its remedy. Staff
    give a reason to freeze and to lift; what risk froze only risk or the head of operation
    lifts (`accounts.risk_freeze`), and risk may freeze what a customer's stop has frozen.
    """
    account = _locked(account_id, key=True)
    if status == "frozen" and freezing.may_add(account):
        freezing.write(account, reason)
        return
    ACCOUNT_STATES.require(account.status, status)
    before = account.status
    if action := {"closed": "accounts.close", "frozen": "accounts.freeze"}.get(status):
        vetoes.require(action, [account_id])
    if status == "frozen":
        freezing.write(account, reason)
    elif before == "frozen":
        freezing.lift(account, reason)
    account.status = status
    account.closed_on = business_date() if status == "closed" else None
    account.save(update_fields=["status", "closed_on"])
    if status in ("frozen", "closed"):
        ledger.move_account(account_id, status)
    elif before == "frozen":
        ledger.move_account(account_id, "open")


@open_to_all("takes a lock and gives nothing")
def hold_open(account_ids: Collection[UUID]) -> None:
    """Lock accounts FOR SHARE, so that nobody closes them until this transaction ends.

    Whoever gives an account a reason to stay open (buys from it, pays with it, lends on it)
    calls this first. Ids that are no electronic accounts are left out. Raises Refused for
    one that is closed already.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT number, status FROM accounts_electronicaccount WHERE id = ANY(%s)"
            " ORDER BY id FOR SHARE",
            [list(account_ids)],
        )
        closed = [number for number, status in cursor.fetchall() if status == "closed"]
    if closed:
        raise Refused(
            "accounts.closed",
            _("Account %(number)s is closed.") % {"number": closed[0]},
            remedy=_("Use one of the accounts that are open."),
        )


@query(staff=SERVICE | LEDGER, customer=held_by("account_id"))
def require_permitted(
    account_id: UUID,
    movement: Movement,
    *,
    on: date | None = None,
) -> None:
    """Raise Refused when the account's status or class does not allow the movement."""
    account = ElectronicAccount.objects.filter(id=account_id).first()
    if account is None:
        raise _unknown(account_id)
    if not status_allows(account.status, movement):
        raise Refused(
            "accounts.not_active",
            _("Account %(number)s is not active.") % {"number": account.number},
            status=account.status,
        )
    problem = refusal(limits_of(account.account_class, on), movement)
    if problem is None:
        return
    messages = {
        "unbound_in": _("This account takes money from its bound card only."),
        "balance_cap": _("An account of this class may not hold that much."),
        "day_limit": _("This goes beyond the account's limit for one day."),
        "year_limit": _("This goes beyond the account's limit for one year."),
    }
    raise Refused(f"accounts.{problem}", messages[problem], remedy=_("Choose a smaller amount."))


@open_to_all("arithmetic")
def with_check_digit(body: str) -> str:
    """A card or account number from its body (Luhn)."""
    return rules.with_check_digit(body)


@open_to_all("published rules")
def limits_of(account_class: str, on: date | None = None) -> Limits:
    """The limits of a class on a day (default: the business date)."""

    def value(name: str) -> int | None:
        found = params.find(f"accounts.{name}", on=on, scope=account_class)
        return None if found is None else int(found)

    return Limits(
        balance_max_minor=value("balance_max"),
        unbound_out_per_day_minor=value("unbound_out_per_day"),
        unbound_out_per_year_minor=value("unbound_out_per_year"),
        unbound_in_allowed=bool(
            params.get("accounts.unbound_in_allowed", on=on, scope=account_class)
        ),
    )


@open_to_all("published rules")
def caps(on: date) -> dict[str, int]:
    """The most that an account of a class may hold on a day, in minor units; of those with one."""
    found = {kind.value: limits_of(kind, on).balance_max_minor for kind in AccountClass}
    return {kind: cap for kind, cap in found.items() if cap is not None}


def _locked(account_id: UUID, *, key: bool = False) -> ElectronicAccount:
    rows = ElectronicAccount.objects.select_for_update(no_key=not key)
    account = rows.filter(id=account_id).first()
    if account is None:
        raise _unknown(account_id)
    if account.status == "closed":
        raise Conflict(
            "accounts.closed", _("Account %(number)s is closed.") % {"number": account.number}
        )
    return account


def _holder_id(account: NewElectronicAccount, party_id: UUID, role: str) -> UUID:
    """The same for the same holder, so that a second import finds it, also when it ended."""
    opened = datetime.combine(account.opened_on, time(), UTC)
    return uuid7_at(opened, "accounts.holder", account.id, party_id, role)


def _fitting_party(party_id: UUID, account_class: str) -> UUID:
    """The party that the id stands for today, when it may hold an account of the class."""
    party = parties.party(parties.hold(party_id))
    if (party.kind == "organisation") != (account_class == AccountClass.ENTERPRISE):
        raise Refused(
            "accounts.class_not_for_party",
            _("An account of class %(name)s is not for this kind of customer.")
            % {"name": account_class},
        )
    return party.id


def _unknown(account_id: UUID) -> NotFound:
    return NotFound("accounts.unknown", _("There is no account %(id)s.") % {"id": account_id})
