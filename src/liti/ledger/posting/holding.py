"""Writing what is not a movement: holds, answers without a transfer, limits consumed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from liti.core.clock import now
from liti.ledger.models import Answer, Hold
from liti.ledger.posting.accounts import Accounts
from liti.ledger.posting.reading import ORIGINS, to_json
from liti.ledger.rules import (
    HoldMove,
    HoldState,
    HoldStatus,
    Phase,
    TransferRequest,
    TransferResult,
    Uses,
)

_CONSUME = """
INSERT INTO ledger_limituse AS u (account_number, rule_id, starts_on, used_minor)
SELECT * FROM unnest(%s::int[], %s::int[], %s::date[], %s::bigint[])
ON CONFLICT (account_number, rule_id, starts_on)
DO UPDATE SET used_minor = u.used_minor + excluded.used_minor
"""
_SETTLED = """
UPDATE ledger_hold h SET settled_minor = n.settled, status = n.status,
    ended_at = CASE WHEN n.status = 'pending' THEN NULL ELSE %s END
FROM unnest(%s::uuid[], %s::bigint[], %s::text[]) AS n (id, settled, status)
WHERE h.id = n.id
"""


def reserve(
    requests: Sequence[TransferRequest],
    indexes: Iterable[int],
    accounts: Accounts,
    kinds: Mapping[str, int],
) -> None:
    """Write the holds that a batch made."""
    at = now()
    made = [requests[n] for n in indexes]
    if not made:
        return
    number = {
        r.id: tuple(
            int(accounts.number[accounts.at[id.bytes]])
            for id in (r.debit_account_id, r.credit_account_id)
        )
        for r in made
    }
    Answer.objects.bulk_create([Answer(id=r.id, what="hold", hold_id=r.id, at=at) for r in made])
    Hold.objects.bulk_create(
        [
            Hold(
                id=r.id, debit_number=number[r.id][0], credit_number=number[r.id][1],
                amount_minor=r.amount_minor, status=HoldStatus.PENDING.value,
                kind_code=kinds[r.kind], booked_on=r.booked_on,
                value_on=r.value_on or r.booked_on, origin=ORIGINS.index(r.origin),
                narrative=r.narrative, counterparty=r.counterparty, reserved_at=at,
                expires_at=r.expires_at,
            )
            for r in made
        ]
    )  # fmt: skip


def change(
    requests: Sequence[TransferRequest], moves: Iterable[HoldMove], holds: Mapping[UUID, HoldState]
) -> None:
    """Write what a batch did to holds, and the answers to those that only let go."""
    moves = list(moves)
    if not moves:
        return
    at = now()
    write_states([holds[id] for id in {m.hold_id for m in moves}], at)
    Answer.objects.bulk_create(
        [
            Answer(
                id=requests[m.index].id, what="release", hold_id=m.hold_id,
                amount_minor=m.amount_minor, at=at,
            )
            for m in moves
            if requests[m.index].phase == Phase.RELEASE
        ]
    )  # fmt: skip


def write_states(holds: Sequence[HoldState], at: datetime) -> None:
    """Write where holds stand now."""
    with connection.cursor() as cursor:
        cursor.execute(
            _SETTLED,
            [at, [h.id for h in holds], [h.settled_minor for h in holds],
             [str(h.status) for h in holds]],
        )  # fmt: skip


def consume(uses: Uses) -> None:
    """Write what a batch consumed of limits; the accounts' locks keep others off."""
    rows = sorted((key, change) for key, change in uses.changed.items() if change)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _CONSUME,
            [[k[0] for k, _c in rows], [k[1] for k, _c in rows], [k[2] for k, _c in rows],
             [c for _k, c in rows]],
        )  # fmt: skip


def remember(
    requests: Sequence[TransferRequest], results: Sequence[TransferResult], used: set[UUID]
) -> None:
    """Keep the refusals of a batch, so that each id is answered for ever as it was first.

    `used`: ids that have an answer already. What was refused for its id's sake is not kept.
    """
    at, kept = now(), dict[UUID, Any]()
    for request, result in zip(requests, results, strict=True):
        if result.ok or request.id in used or request.id in kept:
            continue
        if result.code in _OF_THE_ID or type(request.amount_minor) is not int:
            continue
        kept[request.id] = Answer(
            id=request.id, what="refused", code=result.code or "", at=at,
            account_id=result.account_id, content=to_json(request.content()),
        )  # fmt: skip
    Answer.objects.bulk_create(kept.values())


_OF_THE_ID = {"id_conflict", "already_posted"}
