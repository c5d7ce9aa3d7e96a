"""Writing what a batch was granted: COPY of transfers and entries, one UPDATE of accounts.

Entries go in sorted by account, so that their index grows in a few places only. Measured in
docs/ledger-performance.md.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
from psycopg import Cursor

from liti.core.bulk import prepared_cursor
from liti.core.clock import now
from liti.ledger.posting import binary
from liti.ledger.posting.accounts import Accounts
from liti.ledger.posting.columns import sums
from liti.ledger.posting.deciding import Moves
from liti.ledger.posting.reading import ORIGINS
from liti.ledger.rules import TransferRequest

COPY_TRANSFERS = """
COPY ledger_transfer (id, debit_seq, credit_seq, amount_minor, booked_at, debit_number,
    credit_number, kind_code, booked_on, value_on, origin)
FROM STDIN (FORMAT BINARY)
"""
COPY_ENTRIES = """
COPY ledger_entry (seq, transfer_id, change_minor, balance_after_minor, account_number, booked_on)
FROM STDIN (FORMAT BINARY)
"""
# With the accounts in one statement: a trip to the server less for the many small batches.
UPDATE_ACCOUNTS = """
WITH details AS (
    INSERT INTO ledger_detail (transfer_id, narrative, counterparty, up_to, asked_minor,
        reverses_id, hold_id, final)
    SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::uuid[], %s::uuid[], %s::boolean[])
)
UPDATE ledger_account a
SET debits_minor = n.debits, credits_minor = n.credits, entry_count = n.entries,
    held_debits_minor = n.held_debits, held_credits_minor = n.held_credits
FROM unnest(%b, %b, %b, %b, %b, %b)
     AS n (number, debits, credits, entries, held_debits, held_credits)
WHERE a.number = n.number
"""
_TRANSFER = binary.copied(
    [
        ("id", binary.UUID), ("debit_seq", binary.INT8), ("credit_seq", binary.INT8),
        ("amount", binary.INT8), ("booked_at", binary.INT8), ("debit", binary.INT4),
        ("credit", binary.INT4), ("kind", binary.INT4), ("booked_on", binary.INT4),
        ("value_on", binary.INT4), ("origin", binary.INT2),
    ]
)  # fmt: skip
_ENTRY = binary.copied(
    [
        ("seq", binary.INT8), ("transfer", binary.UUID), ("change", binary.INT8),
        ("balance", binary.INT8), ("account", binary.INT4), ("booked_on", binary.INT4),
    ]
)  # fmt: skip
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_ORIGIN = {name: number for number, name in enumerate(ORIGINS)}


def write(
    requests: Sequence[TransferRequest],
    ids: Sequence[bytes],
    accounts: Accounts,
    moves: Moves,
    kinds: dict[str, int],
) -> None:
    """Write what a batch moves; `ids` are the bytes of all its ids."""
    count = len(moves.index)
    if not count and not moves.touched:
        return
    with prepared_cursor() as cursor:
        if count:
            _write_moves(cursor, requests, ids, accounts, moves, kinds)
        _update_accounts(cursor, accounts, moves, _details(requests, moves))


def _write_moves(
    cursor: Cursor[Any],
    requests: Sequence[TransferRequest],
    ids: Sequence[bytes],
    accounts: Accounts,
    moves: Moves,
    kinds: dict[str, int],
) -> None:
    count = len(moves.index)
    indexes = moves.index.tolist()
    whole = count == len(requests)
    granted = _granted(requests, moves)
    raw = binary.uuid_array(b"".join(ids if whole else [ids[n] for n in indexes]))
    booked_on, value_on = _days(granted)

    # Entries: both sides of each transfer, sorted by account, in the batch's order within it.
    account = np.empty(2 * count, dtype=np.int64)
    account[0::2], account[1::2] = moves.debit, moves.credit
    change = np.empty(2 * count, dtype=np.int64)
    change[0::2] = np.where(accounts.credit_normal[moves.debit], -moves.amount, moves.amount)
    change[1::2] = np.where(accounts.credit_normal[moves.credit], moves.amount, -moves.amount)
    order = np.argsort(account, kind="stable")
    sorted_account, sorted_change = account[order], change[order]
    first = np.r_[True, sorted_account[1:] != sorted_account[:-1]]
    starts = np.flatnonzero(first)
    group = np.cumsum(first) - 1
    running = np.cumsum(sorted_change)
    before = np.r_[0, running[:-1]][starts]
    net = np.where(
        accounts.credit_normal, accounts.credits - accounts.debits,
        accounts.debits - accounts.credits,
    )  # fmt: skip
    balance = running - before[group] + net[sorted_account]
    seq = np.arange(2 * count) - starts[group] + 1 + accounts.entries[sorted_account]

    transfers = binary.copy_rows(_TRANSFER, count)
    of_entry = np.empty(2 * count, dtype=np.int64)
    of_entry[order] = seq
    transfers["id"] = raw
    transfers["debit_seq"], transfers["credit_seq"] = of_entry[0::2], of_entry[1::2]
    transfers["amount"] = moves.amount
    transfers["booked_at"] = (now() - _EPOCH) // timedelta(microseconds=1)
    transfers["debit"] = accounts.number[moves.debit]
    transfers["credit"] = accounts.number[moves.credit]
    transfers["kind"] = _coded([r.kind for r in granted], kinds)
    transfers["booked_on"], transfers["value_on"] = booked_on, value_on
    transfers["origin"] = _coded([r.origin for r in granted], _ORIGIN)

    entries = binary.copy_rows(_ENTRY, 2 * count)
    entries["seq"], entries["balance"], entries["change"] = seq, balance, sorted_change
    entries["transfer"] = raw[order // 2]
    entries["account"] = accounts.number[sorted_account]
    entries["booked_on"] = booked_on[order // 2] if np.ndim(booked_on) else booked_on

    for sql, rows in ((COPY_TRANSFERS, transfers), (COPY_ENTRIES, entries)):
        with cursor.copy(sql) as copy:
            copy.write(binary.COPY_HEADER + rows.tobytes() + binary.COPY_TRAILER)


def _update_accounts(
    cursor: Cursor[Any], accounts: Accounts, moves: Moves, details: list[list[Any]]
) -> None:
    size = len(accounts)
    debits, credits = sums(moves.debit, moves.amount, size), sums(moves.credit, moves.amount, size)
    ones = np.ones(len(moves.index), dtype=np.int64)
    entries = sums(moves.debit, ones, size) + sums(moves.credit, ones, size)
    changed = entries > 0
    changed[moves.touched] = True
    at = np.flatnonzero(changed)
    columns = (
        accounts.debits + debits, accounts.credits + credits, accounts.entries + entries,
        accounts.held_debits, accounts.held_credits,
    )  # fmt: skip
    cursor.execute(
        UPDATE_ACCOUNTS,
        [
            *details,
            binary.Int4s(accounts.number[at]),
            *(binary.Int8s(column[at]) for column in columns),
        ],
    )


def _days(requests: Sequence[TransferRequest]) -> tuple[Any, Any]:
    """Booking and value dates as PostgreSQL counts them: one number where all are equal."""
    first = requests[0]
    if all(r.booked_on == first.booked_on and r.value_on == first.value_on for r in requests):
        booked = first.booked_on.toordinal() - _EPOCH_DAY
        value = first.value_on.toordinal() - _EPOCH_DAY if first.value_on else booked
        return booked, value
    booked_on = np.array([r.booked_on.toordinal() for r in requests]) - _EPOCH_DAY
    value_on = np.array([(r.value_on or r.booked_on).toordinal() for r in requests]) - _EPOCH_DAY
    return booked_on, value_on


def _coded(names: list[str], codes: dict[str, int]) -> Any:
    if len(set(names)) == 1:
        return codes[names[0]]
    return np.array([codes[name] for name in names])


def _details(requests: Sequence[TransferRequest], moves: Moves) -> list[list[Any]]:
    """The columns of what some transfers have beyond the ordinary."""
    rows = [
        (
            r.id, r.narrative, r.counterparty, r.up_to,
            None if r.amount_minor == moved else r.amount_minor, r.reverses, r.hold_id, r.final,
        )
        for r, moved in zip(_granted(requests, moves), moves.amount.tolist(), strict=True)
        if r.narrative or r.counterparty or r.up_to or r.reverses or r.hold_id
    ]  # fmt: skip
    return [[row[n] for row in rows] for n in range(8)]


def _granted(requests: Sequence[TransferRequest], moves: Moves) -> Sequence[TransferRequest]:
    whole = len(moves.index) == len(requests)
    return requests if whole else [requests[n] for n in moves.index.tolist()]
