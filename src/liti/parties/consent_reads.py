"""What people consent to: one customer's words in full, many people's answers as a set."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from uuid import UUID

from django.db import connection
from psycopg import sql

from liti.core.authority import BATCHES, own, query
from liti.core.roles import CUSTOMERS
from liti.core.sql import text
from liti.parties.identity import resolve
from liti.parties.rules.consents import Scope, Word, answer
from liti.parties.survivorship import ALLOWED, LATEST
from liti.parties.views import ConsentView

_WORDS = """
SELECT DISTINCT ON (purpose, channel, recipient, product) purpose, channel, recipient, product,
       granted, at, evidence, text_version
FROM parties_consent WHERE party_id IN (SELECT parties_ids_of(%s))
ORDER BY purpose, channel, recipient, product, at DESC, granted, id DESC
"""
_ASKED = sql.SQL("""
WITH given AS (
    SELECT u.id, coalesce(a.party_id, u.id) AS who FROM unnest(%(ids)s::uuid[]) AS u (id)
    LEFT JOIN parties_partyalias a ON a.alias_id = u.id
), said AS (
    SELECT coalesce(a.party_id, c.party_id) AS who, c.purpose, c.channel, c.recipient, c.product,
           c.granted, c.at, c.id
    FROM parties_consent c LEFT JOIN parties_partyalias a ON a.alias_id = c.party_id
    WHERE c.purpose IN (%(purpose)s, 'any') AND c.recipient = %(recipient)s
      AND c.at < ((%(on)s::date + 1)::timestamp AT TIME ZONE 'Asia/Shanghai')
      AND coalesce(a.party_id, c.party_id) IN (SELECT who FROM given)
), word AS ({latest}), asked AS (
    SELECT g.id, g.who, %(purpose)s::text AS purpose, ch.channel, %(recipient)s::text AS recipient,
           p.product
    FROM given g CROSS JOIN unnest(%(channels)s::text[]) AS ch (channel)
    JOIN ({products}) p ON p.who = g.who
)
SELECT q.id, q.channel, q.product, {allowed} AS allowed FROM asked q
""")
_NO_PRODUCT = sql.SQL("SELECT DISTINCT who, 'any'::text AS product FROM word")
_OWN_PRODUCTS = sql.SQL("SELECT DISTINCT who, product FROM word WHERE product <> 'any'")


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
    answers = _answers(party_ids, purpose, [channel], on, recipient, _NO_PRODUCT)
    return {party for party, _channel, _product, allowed in answers if allowed}


@query(staff=CUSTOMERS, system=BATCHES)
def consented_channels(
    party_ids: Iterable[UUID], *, purpose: str, channels: Sequence[str], on: date
) -> list[tuple[UUID, str]]:
    """(party, channel) of those who allow this bank the channel for any product."""
    answers = _answers(party_ids, purpose, channels, on, "bank", _NO_PRODUCT)
    return [(party, channel) for party, channel, _product, allowed in answers if allowed]


@query(staff=CUSTOMERS, system=BATCHES)
def consents_by_product(
    party_ids: Iterable[UUID], *, purpose: str, channels: Sequence[str], on: date
) -> list[tuple[UUID, str, str, bool]]:
    """(party, channel, product, allowed) where somebody spoke of a product by its name."""
    return _answers(party_ids, purpose, channels, on, "bank", _OWN_PRODUCTS)


def _answers(
    party_ids: Iterable[UUID],
    purpose: str,
    channels: Sequence[str],
    on: date,
    recipient: str,
    products: sql.SQL,
) -> list[tuple[UUID, str, str, bool]]:
    statement = _ASKED.format(latest=LATEST, allowed=ALLOWED, products=products)
    with connection.cursor() as cursor:
        cursor.execute(
            text(statement),
            {"ids": list(party_ids), "purpose": purpose, "channels": list(channels),
             "recipient": recipient, "on": on},
        )  # fmt: skip
        return cursor.fetchall()
