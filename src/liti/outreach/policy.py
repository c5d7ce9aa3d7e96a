"""The contact policy: who is left in peace, and why. Asked in one place by everybody.

Plan, next best action, release, sending and claim ask the same statement, of all candidates or
of one; so none of them can allow what another refuses. Nobody else counts contacts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from liti.core import params
from liti.core.channels import CHANNELS
from liti.core.clock import local_date
from liti.core.sql import text
from liti.market.queries import age_on
from liti.parties import queries as parties

CHUNK = 10_000
PURPOSE = "marketing"


@dataclass(frozen=True, slots=True)
class Policy:
    """The contact policy of a day, read once from the dated parameters."""

    per_7_days: int
    per_30_days: int
    channel_per_7_days: Mapping[str, int]
    no_reply_days: int
    refused_days: int
    capacity: Mapping[str, int]
    lift_bp: Mapping[str, int]
    cost_minor: Mapping[str, int]
    holdout_bp: int
    quiet_from: time
    quiet_to: time


def policy_on(on: date) -> Policy:
    """The contact policy in force on a day."""

    def by_channel(code: str) -> dict[str, int]:
        return {c: params.get(code, on=on, scope=c) for c in CHANNELS}

    return Policy(
        per_7_days=params.get("outreach.cap.per_7_days", on=on),
        per_30_days=params.get("outreach.cap.per_30_days", on=on),
        channel_per_7_days=by_channel("outreach.cap.channel_per_7_days"),
        no_reply_days=params.get("outreach.window.no_reply_days", on=on),
        refused_days=params.get("outreach.window.refused_days", on=on),
        capacity=by_channel("outreach.capacity"),
        lift_bp=by_channel("outreach.lift_bp"),
        cost_minor=by_channel("outreach.cost_minor"),
        holdout_bp=params.get("outreach.holdout_bp", on=on),
        quiet_from=time.fromisoformat(params.get("outreach.quiet.from", on=on)),
        quiet_to=time.fromisoformat(params.get("outreach.quiet.to", on=on)),
    )


# The windows count the day itself: at most n contacts in any 7 (30) days, whichever of them was
# written first. A plan of tomorrow has taken its slots, so a window may also end after the day:
# the fullest one ends on the day or on a later contact. DOMAIN §8.8.
_REFUSED = sql.SQL("""
WITH asked AS ({asked}),
consent AS (SELECT * FROM unnest(%(consent_parties)s::uuid[], %(consent_channels)s::text[])
            AS c (party_id, channel)),
spoken AS (SELECT * FROM unnest(%(spoken_parties)s::uuid[], %(spoken_channels)s::text[],
           %(spoken_products)s::text[], %(spoken_answers)s::bool[])
           AS o (party_id, channel, product_code, allowed)),
cap AS (SELECT * FROM unnest(%(channels)s::text[], %(channel_caps)s::bigint[])
        AS k (channel, in_7)),
holds AS (SELECT DISTINCT product_code, party_id FROM market_holder_v WHERE TRUE {mine}),
guarded AS (
    SELECT product_code FROM market_guarded_v
    WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)),
proposable AS (
    SELECT DISTINCT product_code, party_id FROM market_proposable_v
    WHERE valid_from <= %(on)s AND (valid_to IS NULL OR valid_to > %(on)s)
      AND valid_until >= %(on)s {mine}),
contacts AS (  -- of whoever was two people once, those of both
    SELECT coalesce(a.party_id, t.party_id) AS party_id, t.product_code, t.channel, t."on",
           t.response
    FROM outreach_contact t LEFT JOIN parties_canonical_v a ON a.alias_id = t.party_id
    WHERE t."on" > %(on)s::date - %(days)s::int AND t."on" < %(on)s::date + %(days)s::int
      {theirs} {others}),
recent AS (
    SELECT party_id, channel, "on" FROM contacts
    WHERE "on" > %(on)s::date - 30 AND "on" < %(on)s::date + 30),
ending AS (
    SELECT party_id, %(on)s::date AS last FROM recent WHERE "on" <= %(on)s
    UNION SELECT party_id, "on" FROM recent WHERE "on" > %(on)s),
counted AS (
    SELECT e.party_id, e.last, r.channel, count(*) AS in_30,
           count(*) FILTER (WHERE r."on" > e.last - 7 AND e.last < %(on)s::date + 7) AS in_7
    FROM ending e JOIN recent r ON r.party_id = e.party_id
         AND r."on" > e.last - 30 AND r."on" <= e.last
    GROUP BY e.party_id, e.last, r.channel),
past AS (
    SELECT party_id, max(in_7) AS in_7, max(in_30) AS in_30 FROM (
        SELECT party_id, last, sum(in_7) AS in_7, sum(in_30) AS in_30 FROM counted
        GROUP BY party_id, last) w
    GROUP BY party_id),
taken AS (SELECT DISTINCT party_id FROM recent WHERE "on" = %(on)s),
past_channel AS (
    SELECT party_id, channel, max(in_7) AS in_7 FROM counted GROUP BY party_id, channel),
resting AS (
    SELECT DISTINCT party_id, product_code FROM contacts
    WHERE CASE WHEN "on" > %(on)s THEN "on" < %(on)s::date + %(no_reply_days)s::int
          ELSE "on" > %(on)s::date - CASE WHEN response = 'refused'
               THEN %(refused_days)s::int ELSE %(no_reply_days)s::int END END)
SELECT v.*,
       CASE
         WHEN (('x' || substr(md5(v.party_id::text || 'outreach.holdout'), 1, 7))::bit(28)::int
               %% 10000) < %(holdout_bp)s THEN 'held_out'
         WHEN v.party_id = ANY(%(minors)s::uuid[]) THEN 'under_age'
         WHEN NOT coalesce(o.allowed, c.party_id IS NOT NULL) THEN 'no_consent'
         WHEN h.party_id IS NOT NULL THEN 'holds_product'
         WHEN g.product_code IS NOT NULL AND s.party_id IS NULL THEN 'unsuitable'
         WHEN d.party_id IS NOT NULL THEN 'cap_day'
         WHEN w.party_id IS NOT NULL THEN 'product_window'
         WHEN coalesce(p.in_7, 0) >= %(per_7_days)s THEN 'cap_7_days'
         WHEN coalesce(p.in_30, 0) >= %(per_30_days)s THEN 'cap_30_days'
         WHEN coalesce(pc.in_7, 0) >= k.in_7 THEN 'cap_channel'
       END AS refused
FROM asked v
LEFT JOIN consent c ON c.party_id = v.party_id AND c.channel = v.channel
LEFT JOIN spoken o ON o.party_id = v.party_id AND o.channel = v.channel
     AND o.product_code = v.product_code
LEFT JOIN holds h ON h.party_id = v.party_id AND h.product_code = v.product_code
LEFT JOIN guarded g ON g.product_code = v.product_code
LEFT JOIN proposable s ON s.party_id = v.party_id AND s.product_code = v.product_code
LEFT JOIN taken d ON d.party_id = v.party_id
LEFT JOIN past p ON p.party_id = v.party_id
LEFT JOIN past_channel pc ON pc.party_id = v.party_id AND pc.channel = v.channel
LEFT JOIN cap k ON k.channel = v.channel
LEFT JOIN resting w ON w.party_id = v.party_id AND w.product_code = v.product_code
""")
_MINE, _ALL = sql.SQL("AND party_id = %(party)s"), sql.SQL("")
_THEIRS = sql.SQL("AND t.party_id IN (SELECT parties_ids_of(%(party)s))")
# The slots that a released plan has taken are no contacts yet when it is sent.
_NOT_OF_THE_PLAN = sql.SQL("""AND NOT EXISTS (
        SELECT 1 FROM outreach_planitem i WHERE i.id = t.plan_item_id AND i.plan_id = %(plan)s)""")
_ONE = sql.SQL(
    "SELECT %(party)s::uuid AS party_id, %(product)s::text AS product_code,"
    " %(channel)s::text AS channel"
)


def refused_sql(
    asked: sql.Composable,
    party_ids: Sequence[UUID],
    on: date,
    *,
    party_id: UUID | None = None,
    sending: bool = False,
) -> tuple[sql.Composed, dict[str, Any]]:
    """A SELECT with its arguments: the rows of `asked` and a last column `refused`.

    `asked` is a SELECT with party_id, product_code, channel and whatever else is wanted.
    `refused` is the code of the first reason why the person may not be contacted on the day,
    or NULL. `party_ids` are the people in `asked`; of one person name it as `party_id`, so
    that nobody else's rows are read. `sending`: the contacts that the plan of the argument
    `plan` has claimed don't count, for they are what is asked about.
    """
    policy = policy_on(on)
    consents = consented_pairs(party_ids, on)
    spoken = _spoken_of_products(party_ids, on)
    statement = _REFUSED.format(
        asked=asked,
        mine=_MINE if party_id else _ALL,
        theirs=_THEIRS if party_id else _ALL,
        others=_NOT_OF_THE_PLAN if sending else _ALL,
    )
    return statement, {
        "on": on,
        "party": party_id,
        "consent_parties": [party for party, _channel in consents],
        "consent_channels": [channel for _party, channel in consents],
        "spoken_parties": [party for party, _channel, _product, _allowed in spoken],
        "spoken_channels": [channel for _party, channel, _product, _allowed in spoken],
        "spoken_products": [product for _party, _channel, product, _allowed in spoken],
        "spoken_answers": [allowed for _party, _channel, _product, allowed in spoken],
        "minors": minors_among({pair[0] for pair in consents} | {pair[0] for pair in spoken}, on),
        "channels": list(CHANNELS),
        "channel_caps": [policy.channel_per_7_days[c] for c in CHANNELS],
        "holdout_bp": policy.holdout_bp,
        "days": max(30, policy.refused_days, policy.no_reply_days),
        "refused_days": policy.refused_days,
        "no_reply_days": policy.no_reply_days,
        "per_7_days": policy.per_7_days,
        "per_30_days": policy.per_30_days,
    }


def refusal(party_id: UUID, product_code: str, channel: str, on: date) -> str:
    """Why this person may not be contacted on the day, or an empty text."""
    statement, arguments = refused_sql(_ONE, [party_id], on, party_id=party_id)
    with connection.cursor() as cursor:
        cursor.execute(text(statement), arguments | {"product": product_code, "channel": channel})
        return cursor.fetchone()[-1] or ""


def consented_pairs(party_ids: Sequence[UUID], on: date) -> list[tuple[UUID, str]]:
    """(party, channel) pairs that may be contacted, as the parties room says today."""
    return [
        pair
        for chunk in _chunks(party_ids)
        for pair in parties.consented_channels(
            chunk, purpose=PURPOSE, channels=CHANNELS, on=_latest(on)
        )
    ]


def _spoken_of_products(party_ids: Sequence[UUID], on: date) -> list[tuple[UUID, str, str, bool]]:
    """(party, channel, product, allowed) of those who named a product."""
    return [
        found
        for chunk in _chunks(party_ids)
        for found in parties.consents_by_product(
            chunk, purpose=PURPOSE, channels=CHANNELS, on=_latest(on)
        )
    ]


def _latest(on: date) -> date:
    # A withdrawal counts at once, also while the bank's date lags behind the calendar.
    return max(on, local_date())


def _chunks(party_ids: Sequence[UUID]) -> Iterable[Sequence[UUID]]:
    return (party_ids[start : start + CHUNK] for start in range(0, len(party_ids), CHUNK))


def minors_among(party_ids: Iterable[UUID], on: date) -> list[UUID]:
    """Those known to be under age on the day; an unknown birth date is left to the order."""
    ids = sorted(party_ids)
    age_min = params.get("market.buyer.age_min", on=on)
    found = []
    for start in range(0, len(ids), CHUNK):
        people = parties.parties(ids[start : start + CHUNK])
        ages = {id: age_on(person.birth_date, on) for id, person in people.items()}
        found += [id for id, age in ages.items() if age is not None and age < age_min]
    return found
