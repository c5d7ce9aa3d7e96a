"""The accounts of a batch: locked, read into columns, found by id."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import numpy as np

from liti.core.bulk import prepared_cursor
from liti.ledger.posting import binary
from liti.ledger.rules import Position, Status

# Locked in the order of the numbers, so that two batches can never wait for each other.
LOCK_ACCOUNTS = """
SELECT ROW(id, number, entry_count, debits_minor, credits_minor, held_debits_minor,
    held_credits_minor, coalesce(floor_minor, -9223372036854775808),
    coalesce(ceiling_minor, 9223372036854775807), currency::char(3), normal_side = 'credit',
    CASE status WHEN 'open' THEN 0 WHEN 'frozen' THEN 1 WHEN 'closing' THEN 2 ELSE 3 END::int2,
    no_debit, no_credit, coalesce(limit_class, 0)::int2)
FROM ledger_account WHERE id = ANY(%b) ORDER BY number FOR NO KEY UPDATE
"""
STATUSES = (Status.OPEN, Status.FROZEN, Status.CLOSING, Status.CLOSED)
NO_FLOOR, NO_CEILING = -(2**63), 2**63 - 1
_LAYOUT = binary.record(
    [
        ("id", binary.UUID), ("number", binary.INT4), ("entries", binary.INT8),
        ("debits", binary.INT8), ("credits", binary.INT8), ("held_debits", binary.INT8),
        ("held_credits", binary.INT8), ("floor", binary.INT8), ("ceiling", binary.INT8),
        ("currency", binary.BPCHAR3), ("credit_normal", binary.BOOL), ("status", binary.INT2),
        ("no_debit", binary.BOOL), ("no_credit", binary.BOOL), ("limited", binary.INT2),
    ]
)  # fmt: skip
_COLUMNS = (
    "number", "entries", "debits", "credits", "held_debits", "held_credits", "floor",
    "ceiling", "credit_normal", "status", "no_debit", "no_credit", "limited", "currency",
)  # fmt: skip


class Accounts:
    """Accounts in the order of their numbers, a column an array; `at` finds one by its id."""

    def __init__(self, raw: bytes) -> None:
        rows = np.frombuffer(raw, dtype=_LAYOUT)
        self.ids = rows["id"].tobytes()
        self.at = {self.ids[n : n + 16]: n // 16 for n in range(0, len(self.ids), 16)}
        for name in _COLUMNS:
            kind = {"currency": "S3"}.get(name) or rows[name].dtype.newbyteorder("=")
            setattr(self, name, np.ascontiguousarray(rows[name].astype(kind)))

    number: Any
    entries: Any
    debits: Any
    credits: Any
    held_debits: Any
    held_credits: Any
    floor: Any
    ceiling: Any
    credit_normal: Any
    status: Any
    no_debit: Any
    no_credit: Any
    limited: Any
    currency: Any

    def __len__(self) -> int:
        return len(self.number)

    def position(self, at: int) -> Position:
        """One of them for the plain rules."""
        floor, ceiling = int(self.floor[at]), int(self.ceiling[at])
        return Position(
            id=UUID(bytes=self.ids[at * 16 : at * 16 + 16]),
            number=int(self.number[at]),
            currency=self.currency[at].decode(),
            credit_normal=bool(self.credit_normal[at]),
            status=STATUSES[self.status[at]],
            floor_minor=None if floor == NO_FLOOR else floor,
            ceiling_minor=None if ceiling == NO_CEILING else ceiling,
            debits_minor=int(self.debits[at]),
            credits_minor=int(self.credits[at]),
            held_debits_minor=int(self.held_debits[at]),
            held_credits_minor=int(self.held_credits[at]),
            no_debit=bool(self.no_debit[at]),
            no_credit=bool(self.no_credit[at]),
            limited=int(self.limited[at]),
        )


def lock(ids: Iterable[bytes]) -> Accounts:
    """Lock accounts by the bytes of their ids and read them; those that are not there lack."""
    wanted = binary.uuid_array(b"".join(sorted(set(ids))))
    with prepared_cursor() as cursor:
        cursor.execute(LOCK_ACCOUNTS, [binary.Uuids(wanted)], binary=True)
        found = cursor.pgresult
        assert found is not None, "a SELECT has a result"
        get = found.get_value
        return Accounts(b"".join([get(row, 0) or b"" for row in range(found.ntuples)]))
