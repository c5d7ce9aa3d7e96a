"""Words of consent: said by the customer, written down by staff, or read from a file."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core.authority import Arguments, command, own
from liti.core.bulk import copy_rows
from liti.core.clock import now
from liti.core.errors import InvalidInput
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import SERVICE, roles
from liti.parties import events
from liti.parties.identity import hold_alone
from liti.parties.models import SourceRecord
from liti.parties.rules.consents import ANY, Flag, moment_of, settled

_COLUMNS = (
    "id", "party_id", "purpose", "channel", "recipient", "product", "granted", "evidence",
    "text_version", "at",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NewConsent:
    """A word of consent. `evidence` names how it is known; `at` None means now.

    Purpose, channel and product are one or `any`; the recipient is always one.
    """

    party_id: UUID
    purpose: str
    channel: str
    granted: bool
    evidence: str
    recipient: str = "bank"
    text_version: str = ""
    at: datetime | None = None
    product: str = ANY


def _consenting(arguments: Arguments) -> Collection[UUID]:
    return {row.party_id for row in arguments["rows"]}


@command(staff=SERVICE | roles("data_steward"), customer=_consenting, system=("demo",))
@transaction.atomic
def grant_consents(rows: Sequence[NewConsent]) -> int:
    """Record words of consent; the same evidence twice is one word. Returns how many are new.

    Raises NotFound (party) and InvalidInput for a word of a time to come: it would outlive
    whatever is said until then.
    """
    at = now()
    given = list(rows)
    if any(row.at and row.at > at for row in given):
        raise InvalidInput(
            "parties.consent.to_come",
            _("Nobody has said yet what he will say then."),
            remedy=_("Record a consent on its day or later."),
            field="at",
        )
    # Whoever contacts these people now is waited for, and whoever comes after sees the words.
    hold_alone({row.party_id for row in given})
    return copy_rows(
        "parties_consent",
        _COLUMNS,
        [
            (uuid7(), r.party_id, r.purpose, r.channel, r.recipient, r.product, r.granted,
             r.evidence, r.text_version, r.at or now())
            for r in given
        ],
        on_conflict_do_nothing=True,
    )  # fmt: skip


@command(staff=SERVICE | roles("data_steward"), customer=own("party_id"))
@transaction.atomic
def withdraw_consent(
    party_id: UUID,
    purpose: str,
    channel: str,
    recipient: str = "bank",
    evidence: str = "",
    product: str = ANY,
) -> None:
    """Withdraw: in force at once (PIPL Art. 15). Channel `any` withdraws all channels.

    Waits for a message to this person that is going out, and none goes out after it.
    """
    said = evidence or f"withdrawn:{uuid7()}"
    grant_consents(
        [NewConsent(party_id, purpose, channel, False, said, recipient, product=product)]
    )
    emit(
        events.CONSENT_CHANGED,
        str(party_id),
        {"party_id": str(party_id), "purpose": purpose, "channel": channel, "granted": False},
    )


# Undated words of a record follow each other in the order in which they were read.
_LAST_OF_RECORDS = """
SELECT DISTINCT ON (c.evidence_of, c.purpose, c.channel, c.recipient)
       c.evidence_of, c.purpose, c.channel, c.recipient, c.granted, c.at
FROM (SELECT left(evidence, length(evidence) - 13) AS evidence_of, purpose, channel, recipient,
             granted, at, id FROM parties_consent WHERE product = 'any') c
JOIN unnest(%s::text[]) AS w (evidence_of) ON w.evidence_of = c.evidence_of
ORDER BY c.evidence_of, c.purpose, c.channel, c.recipient, c.id DESC
"""
_Key = tuple[str, str, str]


def refresh_consents() -> int:
    """Flags on the source records become consents with the record as evidence."""
    records = SourceRecord.objects.exclude(consents=[]).exclude(party=None).order_by("id")
    found = list(
        records.values_list("party_id", "source_id", "source_key", "consents", "last_seen")
    )
    undated = [
        f"{source}:{key}"
        for _party, source, key, words, _seen in found
        if any(w["on"] is None for w in words)
    ]
    said = _last_words(undated)
    rows: list[tuple[Any, ...]] = []
    for party_id, source, key, words, seen in found:
        record = f"{source}:{key}"
        for scope, flags in _by_scope(words).items():
            last = said.get((record, *scope))
            for flag in settled(flags):
                if flag.on is None and last and last[0] == flag.granted:
                    continue
                at = moment_of(flag, seen, last[1] if last else None)
                mark = _mark(scope, flag, None if flag.on else seen)
                rows.append(
                    (uuid7(), party_id, *scope, ANY, flag.granted, f"{record}:{mark}", "", at)
                )
    return copy_rows("parties_consent", _COLUMNS, rows, on_conflict_do_nothing=True)


def _last_words(records: Sequence[str]) -> dict[tuple[str, str, str, str], tuple[bool, datetime]]:
    if not records:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(_LAST_OF_RECORDS, [list(records)])
        return {row[:4]: (row[4], row[5]) for row in cursor.fetchall()}


def _by_scope(words: Iterable[dict[str, Any]]) -> dict[_Key, list[Flag]]:
    flags: dict[_Key, list[Flag]] = defaultdict(list)
    for word in words:
        on = date.fromisoformat(word["on"]) if word["on"] else None
        scope = (word["purpose"], word["channel"], word["recipient"])
        flags[scope].append(Flag(word["granted"], on))
    return flags


def _mark(scope: _Key, flag: Flag, seen: datetime | None) -> str:
    said = [*scope, flag.granted, str(flag.on), str(seen)]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]
