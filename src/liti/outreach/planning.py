"""The day's plan: candidates, then each customer's best offer within the channels' capacity.

Customers propose, channels keep the best: in each round everyone stands with the best
candidate that is left, and a channel that is over its capacity turns the least valuable
away, who come back with their next one. It ends in the stable result (Gale and Shapley,
"College admissions and the stability of marriage", 1962), whatever the order of rows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection, transaction

from liti.core import params
from liti.core.bulk import copy_rows
from liti.core.clock import local_date
from liti.core.ids import uuid7_at
from liti.market.queries import age_on
from liti.outreach.candidates import candidates_sql, offers_on, policy_on, reached_relation
from liti.outreach.models import BlockedCount, Offer, Plan
from liti.outreach.rules import CHANNELS
from liti.parties import queries as parties

CHUNK = 10_000
ROUNDS_MAX = 200
PURPOSE = "marketing"

_STANDING = """
SELECT id, channel, row_number() OVER (
           PARTITION BY channel ORDER BY expected_minor DESC, party_id) AS place
FROM (SELECT DISTINCT ON (party_id) id, party_id, channel, expected_minor
      FROM outreach_candidate WHERE blocked IS NULL
      ORDER BY party_id, expected_minor DESC, offer_code, channel) best
"""
_TURN_AWAY = f"""
UPDATE outreach_candidate c SET blocked = 'capacity'
FROM ({_STANDING}) s
JOIN unnest(%(channels)s::text[], %(capacities)s::bigint[]) AS k (channel, capacity)
     ON k.channel = s.channel
WHERE c.id = s.id AND s.place > k.capacity
"""
_LOSERS = f"""
UPDATE outreach_candidate c SET blocked = 'better_offer'
WHERE c.blocked IS NULL AND c.id NOT IN (SELECT id FROM ({_STANDING}) s)
"""


@dataclass(frozen=True, slots=True)
class Planned:
    """Counts of a computed plan."""

    people: int
    candidates: int
    planned: int


def compute(plan: Plan) -> Planned:
    """Fill a drafted plan: its items and what was blocked, and why. In one transaction."""
    assert connection.in_atomic_block
    offers = offers_on(plan.on)
    consents = consents_of_reached(offers, plan.on)
    minors = minors_among({party for party, _channel in consents}, plan.on)
    text, arguments = candidates_sql(plan.on, offers, consents, minors=minors)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS outreach_candidate")
        # Freshly imported tables have no statistics yet; a nested loop over them, chosen for
        # an expected row, took minutes for 30,000 customers. Hash joins always do here.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(
            "CREATE TEMP TABLE outreach_candidate ON COMMIT DROP AS SELECT row_number() OVER"
            f" (ORDER BY party_id, offer_code, channel) AS id, x.* FROM ({text}) x",
            arguments,
        )
        cursor.execute("SET LOCAL enable_nestloop = on")
        cursor.execute("CREATE UNIQUE INDEX ON outreach_candidate (id)")
        cursor.execute("ANALYZE outreach_candidate")
        _choose(cursor, policy_on(plan.on).capacity)
        cursor.execute("SELECT count(DISTINCT party_id), count(*) FROM outreach_candidate")
        people, candidates = cursor.fetchone()
        planned = _write_items(cursor, plan)
        cursor.execute(
            "SELECT offer_id, blocked, count(*) FROM outreach_candidate"
            " WHERE blocked IS NOT NULL GROUP BY offer_id, blocked"
        )
        rows = cursor.fetchall()
        cursor.execute("DROP TABLE outreach_candidate")
    BlockedCount.objects.bulk_create(
        [BlockedCount(plan=plan, offer_id=o, reason=why, candidates=n) for o, why, n in rows]
    )
    return Planned(people, candidates, planned)


def consents_of_reached(
    offers: Sequence[Offer], on: date, party_id: UUID | None = None
) -> list[tuple[UUID, str]]:
    """(party, channel) pairs that may be contacted, as the parties room says today."""
    channels = sorted({channel for offer in offers for channel in offer.channels})
    if party_id:
        ids = [party_id]
    else:
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT DISTINCT party_id FROM {reached_relation(offers)} r")
            ids = [row[0] for row in cursor.fetchall()]
    return [
        (party, channel)
        for channel in channels
        for start in range(0, len(ids), CHUNK)
        for party in sorted(
            parties.consented(
                ids[start : start + CHUNK], purpose=PURPOSE, channel=channel, on=_latest(on)
            )
        )
    ]


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


def still_consented(pairs: Sequence[tuple[UUID, str]], on: date) -> set[tuple[UUID, str]]:
    """Those of the pairs whose consent holds now: it may have been withdrawn since."""
    allowed = set()
    for channel in CHANNELS:
        ids = [party for party, wanted in pairs if wanted == channel]
        for start in range(0, len(ids), CHUNK):
            chunk = ids[start : start + CHUNK]
            found = parties.consented(chunk, purpose=PURPOSE, channel=channel, on=_latest(on))
            allowed |= {(party, channel) for party in found}
    return allowed


def _latest(on: date) -> date:
    """A withdrawal counts at once, also while the bank's date lags behind the calendar."""
    return max(on, local_date())


def _choose(cursor: Any, capacity: Mapping[str, int]) -> None:
    arguments = {"channels": list(CHANNELS), "capacities": [capacity[c] for c in CHANNELS]}
    for _round in range(ROUNDS_MAX):
        cursor.execute(_TURN_AWAY, arguments)
        if not cursor.rowcount:
            cursor.execute(_LOSERS)
            return
    raise AssertionError("a round turns at least one candidate away, so rounds end long before")


def _write_items(cursor: Any, plan: Plan) -> int:
    cursor.execute(
        "SELECT party_id, offer_id, channel, department, propensity_bp, expected_minor,"
        " reason::text FROM outreach_candidate WHERE blocked IS NULL"
        " ORDER BY expected_minor DESC, party_id"
    )
    chosen = cursor.fetchall()
    by_phone = [row[0] for row in chosen if row[2] == "phone"]
    leads: dict[UUID, tuple[str, str]] = {}
    for start in range(0, len(by_phone), CHUNK):
        leads |= parties.service_leads(by_phone[start : start + CHUNK])
    midnight = datetime.combine(plan.on, time(), UTC)
    return copy_rows(
        "outreach_planitem",
        ["id", "plan_id", "party_id", "offer_id", "channel", "department", "staff_code",
         "propensity_bp", "expected_minor", "reason", "status", "note"],
        (
            (uuid7_at(midnight, plan.id, party), plan.id, party, offer, channel,
             *_server(leads, party, channel, department), propensity, expected, reason,
             "planned", "")
            for party, offer, channel, department, propensity, expected, reason in chosen
        ),
    )  # fmt: skip


def _server(
    leads: Mapping[UUID, tuple[str, str]], party: UUID, channel: str, department: str
) -> tuple[str, str]:
    """Who contacts: on the phone the customer's own service lead, else the offer's department."""
    if channel == "phone" and party in leads:
        staff_code, own_department = leads[party]
        return own_department, staff_code
    return department, ""


def lock_planning() -> None:
    """One planner at a time; until the end of the transaction."""
    assert transaction.get_connection().in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outreach.plan'))")
