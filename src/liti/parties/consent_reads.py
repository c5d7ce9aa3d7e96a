"""What people consent to: one customer's words in full, many people's answers as a set."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection

from liti.core.authority import BATCHES, own, query
from liti.core.roles import CUSTOMERS
from liti.parties.identity import ids_of_many, resolve
from liti.parties.rules.consents import ANY, Scope, Word, answer
from liti.parties.views import ConsentView

_WORDS = """
SELECT DISTINCT ON (purpose, channel, recipient, product) purpose, channel, recipient, product,
       granted, at, evidence, text_version
FROM parties_consent WHERE party_id IN (SELECT parties_ids_of(%s))
ORDER BY purpose, channel, recipient, product, at DESC, granted, id DESC
"""
_OF_MANY = """
SELECT DISTINCT ON (party_id, purpose, channel, product) party_id, purpose, channel, product,
       granted, at
FROM parties_consent
WHERE party_id = ANY(%(ids)s::uuid[]) AND purpose IN (%(purpose)s, 'any')
  AND recipient = %(recipient)s
  AND at < ((%(on)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
ORDER BY party_id, purpose, channel, product, at DESC, granted, id DESC
"""


@query(staff=CUSTOMERS, customer=own("party_id"), system=BATCHES)
def consents_of(party_id: UUID) -> list[ConsentView]:
    """What holds now of each purpose, channel, recipient and product that was ever spoken of,
    with the word that decides it: a wider no as well."""
    with connection.cursor() as cursor:
        cursor.execute(_WORDS, [resolve([party_id])[party_id]])
        words = [
            Word(Scope(purpose, channel, recipient, product), granted, at, evidence, version)
            for purpose, channel, recipient, product, granted, at, evidence, version
            in cursor.fetchall()
        ]  # fmt: skip
    views = []
    for scope in (word.scope for word in words):
        found = answer(words, scope)
        assert found.word is not None  # its own word covers it
        views.append(
            ConsentView(
                scope.purpose,
                scope.channel,
                scope.recipient,
                found.granted,
                found.word.evidence,
                found.word.text_version,
                found.word.at,
                scope.product,
            )
        )
    return views


@query(staff=CUSTOMERS, system=BATCHES)
def consented(
    party_ids: Iterable[UUID],
    *,
    purpose: str,
    channel: str,
    on: date,
    recipient: str = "bank",
) -> set[UUID]:
    """Those who allow it by their words up to the end of a day."""
    asked = Scope(purpose, channel, recipient)
    found = _words_of_many(party_ids, asked, on)
    return {party for party, words in found if answer(words, asked).granted}


@query(staff=CUSTOMERS, system=BATCHES)
def consented_channels(
    party_ids: Iterable[UUID], *, purpose: str, channels: Sequence[str], on: date
) -> list[tuple[UUID, str]]:
    """(party, channel) of those who allow this bank the channel for any product."""
    asked = [Scope(purpose, channel) for channel in channels]
    return [
        (party, scope.channel)
        for party, words in _words_of_many(party_ids, Scope(purpose, ANY), on)
        for scope in asked
        if answer(words, scope).granted
    ]


@query(staff=CUSTOMERS, system=BATCHES)
def consents_by_product(
    party_ids: Iterable[UUID], *, purpose: str, channels: Sequence[str], on: date
) -> list[tuple[UUID, str, str, bool]]:
    """(party, channel, product, allowed) where somebody spoke of a product by its name."""
    found = []
    for party, words in _words_of_many(_who_named_products(party_ids), Scope(purpose, ANY), on):
        for product in sorted({word.scope.product for word in words} - {ANY}):
            for channel in channels:
                allowed = answer(words, Scope(purpose, channel, product=product)).granted
                found.append((party, channel, product, allowed))
    return found


def _who_named_products(party_ids: Iterable[UUID]) -> list[UUID]:
    """Few do; everybody else is answered for any product."""
    every = ids_of_many(list(party_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT party_id FROM parties_consent"
            " WHERE product <> 'any' AND party_id = ANY(%s::uuid[])",
            [list({id for ids in every.values() for id in ids})],
        )
        named = {row[0] for row in cursor.fetchall()}
    return [asked for asked, ids in every.items() if not named.isdisjoint(ids)]


def _words_of_many(
    party_ids: Iterable[UUID], about: Scope, on: date
) -> list[tuple[UUID, list[Word]]]:
    """Each asked id with the words of the one it stands for, on a purpose and a recipient."""
    every = ids_of_many(list(party_ids))
    words: dict[UUID, list[Word]] = defaultdict(list)
    scopes: dict[tuple[str, str, str], Scope] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            _OF_MANY,
            {
                "ids": list({id for ids in every.values() for id in ids}),
                "purpose": about.purpose,
                "recipient": about.recipient,
                "on": on,
            },
        )
        for party, purpose, channel, product, granted, at in cursor.fetchall():
            key = (purpose, channel, product)
            if key not in scopes:
                scopes[key] = Scope(purpose, channel, about.recipient, product)
            words[party].append(Word(scopes[key], granted, at))
    return [
        (asked, said)
        for asked, ids in every.items()
        if (said := [word for id in ids for word in words.get(id, ())])
    ]
