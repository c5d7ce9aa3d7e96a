"""Commands of the ledger: open accounts, post batches, freeze and close."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors as pg

from liti.core import entrance, params
from liti.core.authority import command, open_to_all, scope
from liti.core.bulk import copy_rows
from liti.core.clock import business_date, now
from liti.core.context import current_actor
from liti.core.errors import Conflict, Forbidden, InvalidInput, LitiError, NotFound, Refused
from liti.core.money import exponent
from liti.core.roles import roles
from liti.core.texts import money_text
from liti.ledger import posting
from liti.ledger.models import Account
from liti.ledger.rules import ACCOUNT_STATES, Code, TransferRequest, TransferResult, Window, apply

__all__ = [
    "BATCH_MAX",
    "NewAccount",
    "TransferRequest",
    "TransferResult",
    "move_account",
    "open_accounts",
    "post",
    "post_history",
    "post_one",
]

BATCH_MAX = 10_000
RETRIES_MAX = 5
LIVE = "live"
TEXT_MAX = {"kind": 40, "narrative": 200}


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to open. `floor_minor`: lowest balance allowed; None for no floor."""

    id: UUID
    name: str
    gl_code: str
    currency: str = "CNY"
    normal_side: str = "credit"
    floor_minor: int | None = 0
    code: str | None = None


@command(system=("database", "demo"))
@transaction.atomic
def open_accounts(accounts: Sequence[NewAccount]) -> int:
    """Open accounts; those whose id (or code) is there already are left as they are.

    Returns how many were opened. Raises InvalidInput for a currency that is not known.
    """
    for currency in {a.currency for a in accounts}:
        exponent(currency)
    opened_at = now()
    return copy_rows(
        "ledger_account",
        ["id", "code", "name", "gl_code", "currency", "normal_side", "status",
         "floor_minor", "debits_minor", "credits_minor", "entry_count", "opened_at"],
        (
            (a.id, a.code, a.name[:120], a.gl_code, a.currency, a.normal_side, "open",
             a.floor_minor, 0, 0, 0, opened_at)
            for a in accounts
        ),
        on_conflict_do_nothing=True,
    )  # fmt: skip


@command(client=scope("ledger:post"), system=("day", "demo"))
def post(
    transfers: Sequence[TransferRequest], *, all_or_none: bool = False
) -> list[TransferResult]:
    """Post a batch in the order given, in one transaction; one result per request.

    Without `all_or_none` a refused transfer does not stop the others. With it, one refusal
    raises Refused (Conflict for a reused id) and nothing of the batch is posted. A request
    whose id is in the books is answered `replayed` when its content is the same, and
    refused with `id_conflict` otherwise. Raises InvalidInput for more than BATCH_MAX
    requests or over-long texts. Both dates are bound to the business date by parameters
    (`booked_outside`); books that exist are taken over by `post_history`.
    """
    return _post_retrying(transfers, all_or_none, booking_window())


@command(system=("database", "demo"))
def post_history(
    transfers: Sequence[TransferRequest], *, all_or_none: bool = False
) -> list[TransferResult]:
    """Take over postings of books that exist: as `post`, but on days of the past.

    An authority of its own with a bound of its own: no earlier than the parameter
    `ledger.history.years_back` says, no later than the business date.
    """
    return _post_retrying(transfers, all_or_none, history_window())


def booking_window() -> Window:
    """The days on which anything is booked today. Source: parameters ledger.booking.*."""
    today = business_date()
    return Window(
        first=today - timedelta(days=params.get("ledger.booking.days_back", on=today)),
        last=today + timedelta(days=params.get("ledger.booking.days_ahead", on=today)),
        value_days=params.get("ledger.booking.value_days", on=today),
    )


def history_window() -> Window:
    """The days of books that are taken over. Source: parameter ledger.history.years_back."""
    today = business_date()
    first = date(today.year - params.get("ledger.history.years_back", on=today), 1, 1)
    return Window(first, today, params.get("ledger.booking.value_days", on=today))


def _post_retrying(
    transfers: Sequence[TransferRequest], all_or_none: bool, window: Window
) -> list[TransferResult]:
    _check_shape(transfers)
    _check_origin(transfers)
    # Within somebody's transaction a deadlock has undone his work as well; an id that came at
    # the same time on other accounts has undone ours only, and is in the books now.
    transient: tuple[type[psycopg.Error], ...] = (pg.UniqueViolation,)
    if not connection.in_atomic_block:
        transient += (pg.DeadlockDetected, pg.SerializationFailure)
    for attempt in range(RETRIES_MAX):
        try:
            return _post(transfers, all_or_none, window)
        except (DatabaseError, psycopg.Error) as error:
            cause = error if isinstance(error, psycopg.Error) else error.__cause__
            if attempt == RETRIES_MAX - 1 or not isinstance(cause, transient):
                raise
    raise AssertionError("unreachable: the last attempt returns or raises")


@command(client=scope("ledger:post"), system=("day", "demo"))
def post_one(transfer: TransferRequest) -> TransferResult:
    """Post a single transfer; raises what `explain` says when it is refused."""
    return post([transfer], all_or_none=True)[0]


@command(staff=roles("finance_officer"))
@transaction.atomic
def move_account(account_id: UUID, status: str) -> None:
    """Freeze, unfreeze or close an account; closing wants a balance of zero."""
    account = _locked(account_id)
    ACCOUNT_STATES.require(account.status, status)
    if status == "closed" and account.balance_minor:
        raise Refused(
            "ledger.close_with_balance",
            _("Account %(account)s still holds %(balance)s.")
            % {
                "account": account,
                "balance": money_text(account.balance_minor, account.currency),
            },
            remedy=_("Pay the balance out first."),
        )
    Account.objects.filter(id=account_id).update(status=status)


@open_to_all("words for a refusal that its caller holds")
def explain(request: TransferRequest, result: TransferResult) -> LitiError:
    """The refusal of one transfer as an error that names the thing and the remedy."""
    account = _label(result.account_id)
    data: dict[str, Any] = {"transfer_id": request.id, "account": account}
    amount = request.amount_minor
    if result.code == Code.ID_CONFLICT:
        return Conflict(
            "ledger.id_conflict",
            _("Transfer %(id)s is in the books with other content.") % {"id": request.id},
            remedy=_("Use a new id for a new transfer."),
            **data,
        )
    if result.code == Code.UNKNOWN_ACCOUNT:
        return NotFound(
            "ledger.unknown_account",
            _("There is no ledger account %(account)s.") % {"account": result.account_id},
            **data,
        )
    messages = {
        Code.INVALID_AMOUNT: _("%(amount)s is not an amount that can be posted.")
        % {"amount": amount},
        Code.BOOKED_OUTSIDE: _("Nothing can be booked on %(day)s today.")
        % {"day": request.booked_on},
        Code.SAME_ACCOUNT: _("A transfer needs two different accounts."),
        Code.ACCOUNT_CLOSED: _("Account %(account)s is frozen or closed.") % {"account": account},
        Code.CURRENCY_MISMATCH: _("Account %(account)s is not kept in %(currency)s.")
        % {"account": account, "currency": request.currency},
        Code.INSUFFICIENT_FUNDS: _("Account %(account)s does not hold enough for this transfer.")
        % {"account": account},
        Code.BALANCE_TOO_LARGE: _("Account %(account)s can't hold such a sum.")
        % {"account": account},
    }
    remedies = {
        Code.INVALID_AMOUNT: _("Give a whole number of minor units above zero."),
        Code.INSUFFICIENT_FUNDS: _("Lower the amount, or pay in first."),
        Code.BOOKED_OUTSIDE: _(
            "Book it near the business date; how near, the parameters ledger.booking.* say."
        ),
    }
    code = Code(result.code or Code.INVALID_AMOUNT)
    return Refused(f"ledger.{code}", messages[code], remedy=remedies.get(code, ""), **data)


@transaction.atomic
def _post(
    transfers: Sequence[TransferRequest], all_or_none: bool, window: Window
) -> list[TransferResult]:
    sound = [t for t in transfers if type(t.amount_minor) is int]
    positions = posting.lock_positions(sound)
    known = posting.known_transfers(sound)
    results, bookings = apply(transfers, positions, known, window)
    if all_or_none:
        for request, result in zip(transfers, results, strict=True):
            if not result.ok:
                raise explain(request, result)
    posting.write(bookings, positions.values())
    return results


def _check_shape(transfers: Sequence[TransferRequest]) -> None:
    if len(transfers) > BATCH_MAX:
        raise InvalidInput(
            "ledger.batch_too_large",
            _("A batch holds at most %(max)d transfers, not %(count)d.")
            % {"max": BATCH_MAX, "count": len(transfers)},
            remedy=_("Send it in several batches."),
        )
    for transfer in transfers:
        if len(transfer.kind) > TEXT_MAX["kind"] or len(transfer.narrative) > TEXT_MAX["narrative"]:
            raise InvalidInput(
                "ledger.text_too_long",
                _("The kind or narrative of transfer %(id)s is too long.") % {"id": transfer.id},
                remedy=_("At most %(kind)d and %(narrative)d characters.") % TEXT_MAX,
            )
        for field in ("kind", "narrative", "currency", "origin"):
            entrance.clean_text(getattr(transfer, field), field=field)


def _check_origin(transfers: Sequence[TransferRequest]) -> None:
    """Where books come from is the house's to say: what a program posts is live."""
    if current_actor().kind != "client":
        return
    for transfer in transfers:
        if transfer.origin != LIVE:
            raise Forbidden(
                "ledger.origin",
                _("A program posts live transfers only; %(id)s says %(origin)s.")
                % {"id": transfer.id, "origin": transfer.origin[:40]},
            )


def _locked(account_id: UUID) -> Account:
    account = Account.objects.select_for_update(no_key=True).filter(id=account_id).first()
    if account is None:
        raise NotFound(
            "ledger.unknown_account",
            _("There is no ledger account %(account)s.") % {"account": account_id},
        )
    return account


def _label(account_id: UUID | None) -> str:
    if account_id is None:
        return ""
    row = Account.objects.filter(id=account_id).values_list("code", "name").first()
    return str(row[0] or row[1]) if row else str(account_id)
