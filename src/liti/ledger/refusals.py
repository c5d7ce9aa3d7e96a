"""A refusal in words: the thing, the reason and the remedy."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.authority import open_to_all
from liti.core.errors import Conflict, LitiError, NotFound, Refused
from liti.ledger.models import Account
from liti.ledger.rules import Code, TransferRequest, TransferResult

_MESSAGES: dict[Code, Promise | str] = {
    Code.INVALID_AMOUNT: gettext_lazy("%(amount)s is not an amount that can be posted."),
    Code.INVALID_COMBINATION: gettext_lazy("Transfer %(id)s asks for what does not go together."),
    Code.INVALID_EXPIRY: gettext_lazy("A hold can't end on %(expires_at)s."),
    Code.BOOKED_OUTSIDE: gettext_lazy("Nothing can be booked on %(day)s today."),
    Code.PERIOD_CLOSED: gettext_lazy("The books of %(day)s are closed."),
    Code.HOLD_MISMATCH: gettext_lazy("Hold %(hold)s stands between other accounts."),
    Code.HOLD_SETTLED: gettext_lazy("Hold %(hold)s is settled already."),
    Code.HOLD_RELEASED: gettext_lazy("Hold %(hold)s was released."),
    Code.HOLD_EXPIRED: gettext_lazy("Hold %(hold)s has expired."),
    Code.EXCEEDS_HOLD: gettext_lazy("Hold %(hold)s does not hold that much any more."),
    Code.SAME_ACCOUNT: gettext_lazy("A transfer needs two different accounts."),
    Code.ACCOUNT_CLOSED: gettext_lazy("Account %(account)s is frozen or closed."),
    Code.NO_DEBIT: gettext_lazy("Account %(account)s can't be debited."),
    Code.NO_CREDIT: gettext_lazy("Account %(account)s can't be credited."),
    Code.CURRENCY_MISMATCH: gettext_lazy("Account %(account)s is not kept in %(currency)s."),
    Code.REVERSAL_MISMATCH: gettext_lazy(
        "A transfer is taken back between its own accounts, the other way round."
    ),
    Code.EXCEEDS_ORIGINAL: gettext_lazy("More than transfer %(original)s moved can't go back."),
    Code.NOTHING_AVAILABLE: gettext_lazy("There is nothing that could be moved."),
    Code.BALANCE_TOO_LARGE: gettext_lazy("Account %(account)s can't hold such a sum."),
    Code.INSUFFICIENT_FUNDS: gettext_lazy(
        "Account %(account)s does not hold enough for this transfer."
    ),
    Code.ABOVE_CEILING: gettext_lazy("Account %(account)s may not hold that much."),
    Code.LIMIT_EXCEEDED: gettext_lazy("The limit “%(limit)s” of account %(account)s is used up."),
    Code.LINKED_REFUSED: gettext_lazy("Another transfer of its set was refused."),
    Code.LINKED_OPEN: gettext_lazy("The last transfer of a batch is linked to nothing."),
}
_REMEDIES: dict[Code, Promise | str] = {
    Code.INVALID_AMOUNT: gettext_lazy("Give a whole number of minor units above zero."),
    Code.INSUFFICIENT_FUNDS: gettext_lazy("Lower the amount, or pay in first."),
    Code.ABOVE_CEILING: gettext_lazy("Lower the amount, or move money out first."),
    Code.LIMIT_EXCEEDED: gettext_lazy("Lower the amount, or wait for the next period."),
    Code.PERIOD_CLOSED: gettext_lazy("Book it on a day of an open period."),
    Code.BOOKED_OUTSIDE: gettext_lazy(
        "Book it near the business date; how near, the parameters ledger.booking.* say."
    ),
    Code.EXCEEDS_HOLD: gettext_lazy("Lower the amount to what is still held."),
    Code.EXCEEDS_ORIGINAL: gettext_lazy("Lower the amount to what has not gone back yet."),
}


@open_to_all("words for a refusal that its caller holds")
def explain(request: TransferRequest, result: TransferResult) -> LitiError:
    """The refusal of one transfer as an error that names the thing and the remedy."""
    account = _label(result.account_id)
    data: dict[str, Any] = {"transfer_id": request.id, "account": account}
    code = Code(result.code or Code.INVALID_AMOUNT)
    if code in (Code.ID_CONFLICT, Code.ALREADY_POSTED):
        return Conflict(
            f"ledger.{code}",
            _("Transfer %(id)s is in the books with other content.") % {"id": request.id}
            if code == Code.ID_CONFLICT
            else _("Transfer %(id)s is in the books without its set.") % {"id": request.id},
            remedy=_("Use a new id for a new transfer."),
            **data,
        )
    missing = {
        Code.UNKNOWN_ACCOUNT: _("There is no ledger account %(id)s.") % {"id": result.account_id},
        Code.UNKNOWN_HOLD: _("There is no hold %(id)s.") % {"id": request.hold_id},
        Code.UNKNOWN_ORIGINAL: _("There is no transfer %(transfer)s.")
        % {"transfer": request.reverses},
    }
    if code in missing:
        return NotFound(f"ledger.{code}", missing[code], **data)
    message = str(_MESSAGES[code]) % {
        "amount": request.amount_minor,
        "id": request.id,
        "day": request.booked_on,
        "expires_at": request.expires_at,
        "hold": request.hold_id,
        "original": request.reverses,
        "account": account,
        "currency": request.currency,
        "limit": result.detail,
    }
    return Refused(f"ledger.{code}", message, remedy=str(_REMEDIES.get(code, "")), **data)


def _label(account_id: UUID | None) -> str:
    if account_id is None:
        return ""
    row = Account.objects.filter(id=account_id).values_list("code", "name").first()
    return str(row[0] or row[1]) if row else str(account_id)
