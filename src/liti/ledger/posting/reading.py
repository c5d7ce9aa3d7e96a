"""What a batch is decided on beside its accounts: answers given, holds, originals, limits."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from liti.core.bulk import prepared_cursor
from liti.ledger.posting import binary
from liti.ledger.posting.accounts import Accounts
from liti.ledger.rules import (
    HoldState,
    Known,
    Limit,
    LimitWindow,
    Original,
    Phase,
    TransferRequest,
    Uses,
)
from liti.ledger.rules.windows import is_day

ORIGINS = ("live", "recorded", "simulated")
_POSTED = """
SELECT t.id, d.hold_id, da.id, ca.id, coalesce(d.asked_minor, t.amount_minor), k.name,
       t.booked_on, da.currency, t.value_on, coalesce(d.narrative, ''), t.origin,
       coalesce(d.up_to, ''), d.reverses_id, coalesce(d.counterparty, ''),
       coalesce(d.final, false), t.amount_minor
FROM ledger_transfer t
JOIN ledger_account da ON da.number = t.debit_number
JOIN ledger_account ca ON ca.number = t.credit_number
JOIN ledger_kind k ON k.code = t.kind_code
LEFT JOIN ledger_detail d ON d.transfer_id = t.id
WHERE t.id = ANY(%b)
"""
_THERE = """
SELECT id, false FROM ledger_transfer WHERE id = ANY(%b)
UNION ALL SELECT id, true FROM ledger_answer WHERE id = ANY(%b)
"""
_ANSWERS = """
SELECT id, what, hold_id, amount_minor, code, account_id, content
FROM ledger_answer WHERE id = ANY(%b)
"""
_HOLDS = """
SELECT h.id, da.id, ca.id, h.amount_minor, h.settled_minor, h.status, h.expires_at, h.booked_on,
       k.name, h.counterparty, da.currency, h.value_on, h.narrative, h.origin
FROM ledger_hold h
JOIN ledger_account da ON da.number = h.debit_number
JOIN ledger_account ca ON ca.number = h.credit_number
JOIN ledger_kind k ON k.code = h.kind_code
WHERE h.id = ANY(%b)
"""
_ORIGINALS = """
SELECT t.id, da.id, ca.id, t.amount_minor, k.name, t.booked_on, coalesce(d.counterparty, ''),
       coalesce((SELECT sum(r.amount_minor) FROM ledger_detail rd
           JOIN ledger_transfer r ON r.id = rd.transfer_id WHERE rd.reverses_id = t.id), 0)::bigint
FROM ledger_transfer t
JOIN ledger_account da ON da.number = t.debit_number
JOIN ledger_account ca ON ca.number = t.credit_number
JOIN ledger_kind k ON k.code = t.kind_code
LEFT JOIN ledger_detail d ON d.transfer_id = t.id
WHERE t.id = ANY(%b)
"""
_RULES = """
SELECT id, limit_class, name, side, "window", max_minor, kinds, counterparties, valid_from
FROM ledger_limitrule WHERE limit_class = ANY(%b)
"""
_USES = """
SELECT account_number, rule_id, starts_on, used_minor FROM ledger_limituse
WHERE account_number = ANY(%b) AND starts_on = ANY(%b)
"""


def _ids(ids: Iterable[UUID]) -> binary.Uuids:
    return binary.Uuids(binary.uuid_array(b"".join([id.bytes for id in ids])))


def _rows(sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
    with prepared_cursor() as cursor:
        return cursor.execute(sql, arguments, binary=True).fetchall()


def known(requests: Sequence[TransferRequest]) -> dict[UUID, Known]:
    """What those of a batch that were answered before were, and were granted."""
    asked = _ids(r.id for r in requests)
    there = _rows(_THERE, asked, asked)
    found: dict[UUID, Known] = {}
    if posted := [id for id, answered in there if not answered]:
        for row in _rows(_POSTED, _ids(posted)):
            phase = Phase.SETTLE if row[1] else Phase.NOW
            content = (phase, *row[1:10], ORIGINS[row[10]], *row[11:15], None)
            found[row[0]] = Known(content, row[15])
    if answered := [id for id, answered in there if answered]:
        found |= _answers(answered)
    return found


def _answers(ids: list[UUID]) -> dict[UUID, Known]:
    found: dict[UUID, Known] = {}
    reserved: list[UUID] = []
    for id, what, hold_id, amount, code, account_id, content in _rows(_ANSWERS, _ids(ids)):
        if what == "hold":
            reserved.append(id)
        elif what == "release":
            found[id] = Known((Phase.RELEASE, hold_id), amount)
        else:
            found[id] = Known(from_json(content), None, code, account_id)
    for row in _rows(_HOLDS, _ids(reserved)) if reserved else []:
        content = (
            Phase.RESERVE, None, row[1], row[2], row[3], row[8], row[7], row[10], row[11],
            row[12], ORIGINS[row[13]], "", None, row[9], False, row[6],
        )  # fmt: skip
        found[row[0]] = Known(content, row[3])
    return found


def holds(requests: Sequence[TransferRequest]) -> dict[UUID, HoldState]:
    """The holds that a batch settles or lets go."""
    asked = {r.hold_id for r in requests if r.hold_id}
    if not asked:
        return {}
    return {row[0]: HoldState(*row[:10]) for row in _rows(_HOLDS, _ids(asked))}


def originals(requests: Sequence[TransferRequest]) -> dict[UUID, Original]:
    """The transfers that a batch takes back, and how much of them went back already."""
    asked = {r.reverses for r in requests if r.reverses}
    return {row[0]: Original(*row) for row in _rows(_ORIGINALS, _ids(asked))} if asked else {}


def uses(
    accounts: Accounts,
    requests: Sequence[TransferRequest],
    held: Iterable[HoldState],
    taken_back: Iterable[Original],
) -> Uses:
    """The limits of a batch's accounts and what they have consumed in its windows."""
    limited = accounts.limited != 0
    if not limited.any():
        return Uses()
    limits: dict[int, list[Limit]] = {}
    for row in _rows(_RULES, sorted({int(c) for c in accounts.limited[limited]})):
        limit = Limit(row[2], row[3], row[4], row[5], frozenset(row[6]), frozenset(row[7]), row[8],
                      row[0])  # fmt: skip
        limits.setdefault(row[1], []).append(limit)
    days = {r.booked_on for r in requests if is_day(r.booked_on)}
    days |= {h.booked_on for h in held} | {o.booked_on for o in taken_back}
    starts = sorted({w.start(day) for w in LimitWindow for day in days})
    used = _rows(_USES, binary.Int4s(accounts.number[limited]), starts)
    return Uses(
        {c: tuple(found) for c, found in limits.items()},
        {(number, rule, start): amount for number, rule, start, amount in used},
    )


def to_json(content: tuple[object, ...]) -> list[object]:
    """The content of a request that was refused, to compare with when it comes again."""
    return [v if v is None or isinstance(v, (bool, int)) else _text(v) for v in content]


def _text(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


_READ: dict[int, Callable[[Any], object]] = {
    1: UUID, 2: UUID, 3: UUID, 6: date.fromisoformat, 8: date.fromisoformat, 12: UUID,
    15: datetime.fromisoformat,
}  # fmt: skip


def from_json(content: list[Any]) -> tuple[object, ...]:
    """The content again."""
    return tuple(
        _READ[n](value) if n in _READ and value is not None else value
        for n, value in enumerate(content)
    )
