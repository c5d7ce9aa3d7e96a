"""Why a request was refused, in the order in which the reasons are looked for."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """Stable: clients depend on them. The order is the order of precedence: of several
    reasons the first is answered."""

    ID_CONFLICT = "id_conflict"
    ALREADY_POSTED = "already_posted"
    INVALID_AMOUNT = "invalid_amount"
    INVALID_COMBINATION = "invalid_combination"
    INVALID_EXPIRY = "invalid_expiry"
    BOOKED_OUTSIDE = "booked_outside"
    PERIOD_CLOSED = "period_closed"
    UNKNOWN_HOLD = "unknown_hold"
    HOLD_MISMATCH = "hold_mismatch"
    HOLD_SETTLED = "hold_settled"
    HOLD_RELEASED = "hold_released"
    HOLD_EXPIRED = "hold_expired"
    EXCEEDS_HOLD = "exceeds_hold"
    SAME_ACCOUNT = "same_account"
    UNKNOWN_ACCOUNT = "unknown_account"
    ACCOUNT_CLOSED = "account_closed"
    NO_DEBIT = "no_debit"
    NO_CREDIT = "no_credit"
    CURRENCY_MISMATCH = "currency_mismatch"
    UNKNOWN_ORIGINAL = "unknown_original"
    REVERSAL_MISMATCH = "reversal_mismatch"
    EXCEEDS_ORIGINAL = "exceeds_original"
    NOTHING_AVAILABLE = "nothing_available"
    BALANCE_TOO_LARGE = "balance_too_large"
    INSUFFICIENT_FUNDS = "insufficient_funds"
    ABOVE_CEILING = "above_ceiling"
    LIMIT_EXCEEDED = "limit_exceeded"
    LINKED_REFUSED = "linked_refused"
    LINKED_OPEN = "linked_open"


PRECEDENCE = tuple(Code)

# What a later try under another id may well be granted: the state of accounts, not the request.
TRANSIENT = frozenset(
    {
        Code.PERIOD_CLOSED, Code.BOOKED_OUTSIDE, Code.ACCOUNT_CLOSED, Code.NO_DEBIT,
        Code.NO_CREDIT, Code.NOTHING_AVAILABLE, Code.BALANCE_TOO_LARGE,
        Code.INSUFFICIENT_FUNDS, Code.ABOVE_CEILING, Code.LIMIT_EXCEEDED, Code.UNKNOWN_ACCOUNT,
        Code.UNKNOWN_HOLD, Code.UNKNOWN_ORIGINAL, Code.EXCEEDS_ORIGINAL,
    }
)  # fmt: skip
