"""Commands of the ledger: open accounts, post batches, freeze and close."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

import psycopg
from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from psycopg import errors as pg

from liti.core import entrance, params
from liti.core.authority import command, scope
from liti.core.bulk import copy_rows
from liti.core.clock import business_date, now
from liti.core.context import current_actor
from liti.core.errors import Forbidden, InvalidInput, NotFound, Refused
from liti.core.money import exponent
from liti.core.roles import roles
from liti.core.texts import money_text
from liti.ledger import limiting
from liti.ledger.models import Account
from liti.ledger.posting import holding, kinds, reading, writing
from liti.ledger.posting.accounts import lock
from liti.ledger.posting.deciding import decided
from liti.ledger.refusals import explain
from liti.ledger.rules import (
    ACCOUNT_STATES,
    Book,
    HoldState,
    TransferRequest,
    TransferResult,
    Window,
)

__all__ = [
    "BATCH_MAX",
    "NewAccount",
    "TransferRequest",
    "TransferResult",
    "explain",
    "move_account",
    "open_accounts",
    "post",
    "post_history",
    "post_one",
]

BATCH_MAX = 10_000
RETRIES_MAX = 5
LIVE = "live"
TEXT_MAX = {"kind": 40, "narrative": 200, "currency": 3, "origin": 10, "counterparty": 20}


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
    ceiling_minor: int | None = None
    limit_class: str = ""
    external_reference: str | None = None


@command(system=("database", "demo"))
@transaction.atomic
def open_accounts(accounts: Sequence[NewAccount]) -> int:
    """Open accounts; those whose id (or code) is there already are left as they are.

    Returns how many were opened. Raises InvalidInput for a currency that is not known.
    """
    for currency in {a.currency for a in accounts}:
        exponent(currency)
    opened_at = now()
    classes = limiting.class_ids({a.limit_class for a in accounts if a.limit_class})
    return copy_rows(
        "ledger_account",
        ["id", "code", "name", "gl_code", "currency", "normal_side", "status",
         "floor_minor", "ceiling_minor", "limit_class", "external_reference", "no_debit",
         "no_credit", "metadata", "debits_minor", "credits_minor", "entry_count", "opened_at"],
        (
            (a.id, a.code, a.name[:120], a.gl_code, a.currency, a.normal_side, "open",
             a.floor_minor, a.ceiling_minor, classes.get(a.limit_class), a.external_reference,
             False, False, "{}", 0, 0, 0, opened_at)
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


@transaction.atomic
def _post(
    transfers: Sequence[TransferRequest], all_or_none: bool, window: Window
) -> list[TransferResult]:
    named = reading.holds(transfers)
    found = lock(_account_ids(transfers, named.values()))
    book = Book(
        positions={},
        known=reading.known(transfers),
        holds=reading.holds(transfers),
        originals=reading.originals(transfers),
        window=window,
        now=now(),
    )
    book.uses = reading.uses(found, transfers, book.holds.values(), book.originals.values())
    results, columns, moves = decided(transfers, found, book)
    if all_or_none:
        for request, result in zip(transfers, results, strict=True):
            if not result.ok:
                raise explain(request, result)
    elif current_actor().kind == "client":
        holding.remember(transfers, results, set(book.known))
    codes = kinds.codes({transfers[n].kind for n in (*moves.index.tolist(), *moves.reserved)})
    writing.write(transfers, columns.ids, found, moves, codes)
    holding.reserve(transfers, moves.reserved, found, codes)
    holding.change(transfers, moves.held, book.holds)
    holding.consume(book.uses)
    return results


def _account_ids(
    transfers: Sequence[TransferRequest], holds: Iterable[HoldState]
) -> Iterator[bytes]:
    for transfer in transfers:
        yield transfer.debit_account_id.bytes
        yield transfer.credit_account_id.bytes
    for hold in holds:
        yield hold.debit_account_id.bytes
        yield hold.credit_account_id.bytes


def _check_shape(transfers: Sequence[TransferRequest]) -> None:
    if len(transfers) > BATCH_MAX:
        raise InvalidInput(
            "ledger.batch_too_large",
            _("A batch holds at most %(max)d transfers, not %(count)d.")
            % {"max": BATCH_MAX, "count": len(transfers)},
            remedy=_("Send it in several batches."),
        )
    for field, most in TEXT_MAX.items():
        texts = {getattr(transfer, field) for transfer in transfers}
        for text in texts:
            entrance.clean_text(text, field=field)
        if any(len(text) > most for text in texts):
            raise _too_long(next(t for t in transfers if len(getattr(t, field)) > most))


def _too_long(transfer: TransferRequest) -> InvalidInput:
    return InvalidInput(
        "ledger.text_too_long",
        _("The kind or narrative of transfer %(id)s is too long.") % {"id": transfer.id},
        remedy=_("At most %(kind)d and %(narrative)d characters.") % TEXT_MAX,
    )


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
