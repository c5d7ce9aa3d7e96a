"""Writing a batch: lock and read, apply in order in Python, COPY, one aggregated UPDATE.

Measured against an all-SQL batch in docs/ledger-performance.md: the cost here does not
change when a transfer of the batch is refused.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import Connection, Cursor

from liti.core.clock import now
from liti.ledger.rules import Booking, Position, TransferRequest

# Locked in the order of the ids, so that two batches can never wait for each other.
LOCK_ACCOUNTS = """
SELECT id, currency, normal_side, status, floor_minor, debits_minor, credits_minor, entry_count
FROM ledger_account WHERE id = ANY(%b) ORDER BY id FOR NO KEY UPDATE
"""
KNOWN_TRANSFERS = """
SELECT id, debit_account_id, credit_account_id, amount_minor, kind, booked_on, currency,
       value_on, narrative, origin
FROM ledger_transfer WHERE id = ANY(%b)
"""
COPY_TRANSFERS = """
COPY ledger_transfer (id, debit_account_id, credit_account_id, debit_seq, credit_seq,
    amount_minor, booked_on, value_on, booked_at, currency, kind, origin, narrative)
FROM STDIN (FORMAT BINARY)
"""
COPY_ENTRIES = """
COPY ledger_entry (account_id, seq, transfer_id, change_minor, balance_after_minor, booked_on)
FROM STDIN (FORMAT BINARY)
"""
UPDATE_ACCOUNTS = """
UPDATE ledger_account a
SET debits_minor = n.debits_minor, credits_minor = n.credits_minor, entry_count = n.entry_count
FROM unnest(%b::uuid[], %b::bigint[], %b::bigint[], %b::bigint[])
     AS n (id, debits_minor, credits_minor, entry_count)
WHERE a.id = n.id
"""

# PostgreSQL's binary COPY format: header, rows of (length, value) fields, trailer -1.
_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
_TRAILER = struct.pack(">h", -1)
_TRANSFER = struct.Struct(">h i16s i16s i16s iq iq iq ii ii iq".replace(" ", ""))
_ENTRY = struct.Struct(">h i16s iq i16s iq iq ii".replace(" ", ""))
_EPOCH_DAY = date(2000, 1, 1).toordinal()
_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")
_CHUNK_ROWS = 2000


def lock_positions(requests: Sequence[TransferRequest]) -> dict[UUID, Position]:
    """Lock the accounts of a batch and read them."""
    ids = {r.debit_account_id for r in requests} | {r.credit_account_id for r in requests}
    with _cursor() as cursor:
        cursor.execute(LOCK_ACCOUNTS, [sorted(ids)], binary=True)
        return {
            row[0]: Position(row[0], row[1], row[2] == "credit", *row[3:])
            for row in cursor.fetchall()
        }


def known_transfers(requests: Sequence[TransferRequest]) -> dict[UUID, tuple[object, ...]]:
    """Content of those transfers of the batch that are in the books already."""
    with _cursor() as cursor:
        cursor.execute(KNOWN_TRANSFERS, [[r.id for r in requests]], binary=True)
        return {row[0]: tuple(row[1:]) for row in cursor.fetchall()}


def write(bookings: Sequence[Booking], positions: Iterable[Position]) -> None:
    """Write what was accepted: transfers, two entries each, and the accounts' new totals."""
    if not bookings:
        return
    touched = [p for p in positions if p.touched]
    with _cursor() as cursor:
        with cursor.copy(COPY_TRANSFERS) as copy:
            for chunk in _chunks(bookings, _transfer_rows):
                copy.write(chunk)
        with cursor.copy(COPY_ENTRIES) as copy:
            for chunk in _chunks(bookings, _entry_rows):
                copy.write(chunk)
        cursor.execute(
            UPDATE_ACCOUNTS,
            [
                [p.id for p in touched],
                [p.debits_minor for p in touched],
                [p.credits_minor for p in touched],
                [p.entry_count for p in touched],
            ],
        )


def _cursor() -> Cursor[Any]:
    """A server-side-binding cursor on Django's connection: binary results and COPY."""
    connection.ensure_connection()
    driver: Connection[Any] = connection.connection
    return Cursor(driver)


def _chunks(bookings: Sequence[Booking], encode: Any) -> Iterable[bytes]:
    yield _HEADER
    for start in range(0, len(bookings), _CHUNK_ROWS):
        yield encode(bookings[start : start + _CHUNK_ROWS])
    yield _TRAILER


def _transfer_rows(bookings: Sequence[Booking]) -> bytes:
    booked_at = (now() - _EPOCH) // timedelta(microseconds=1)
    parts: list[bytes] = []
    texts: dict[str, bytes] = {}
    for b in bookings:
        r = b.request
        booked_on = r.booked_on.toordinal() - _EPOCH_DAY
        value_on = r.value_on.toordinal() - _EPOCH_DAY if r.value_on else booked_on
        parts.append(
            _TRANSFER.pack(
                13,
                16,
                r.id.bytes,
                16,
                r.debit_account_id.bytes,
                16,
                r.credit_account_id.bytes,
                8,
                b.debit_seq,
                8,
                b.credit_seq,
                8,
                r.amount_minor,
                4,
                booked_on,
                4,
                value_on,
                8,
                booked_at,
            )
        )
        for text in (r.currency, r.kind, r.origin, r.narrative):
            encoded = texts.get(text)
            if encoded is None:
                raw = text.encode()
                encoded = texts[text] = struct.pack(">i", len(raw)) + raw
            parts.append(encoded)
    return b"".join(parts)


def _entry_rows(bookings: Sequence[Booking]) -> bytes:
    pack = _ENTRY.pack
    parts: list[bytes] = []
    for b in bookings:
        r = b.request
        transfer_id = r.id.bytes
        day = r.booked_on.toordinal() - _EPOCH_DAY
        parts.append(
            pack(
                6,
                16,
                r.debit_account_id.bytes,
                8,
                b.debit_seq,
                16,
                transfer_id,
                8,
                b.debit_change_minor,
                8,
                b.debit_balance_minor,
                4,
                day,
            )
        )
        parts.append(
            pack(
                6,
                16,
                r.credit_account_id.bytes,
                8,
                b.credit_seq,
                16,
                transfer_id,
                8,
                b.credit_change_minor,
                8,
                b.credit_balance_minor,
                4,
                day,
            )
        )
    return b"".join(parts)
