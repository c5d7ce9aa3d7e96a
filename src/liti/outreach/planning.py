"""The day's plan: candidates, then each customer's best offer within the channels' capacity.

Customers propose, channels keep the best: in each round everyone stands with the best
candidate that is left, and a channel that is over its capacity turns the least valuable
away, who come back with their next one. It ends in the stable result (Gale and Shapley,
"College admissions and the stability of marriage", 1962), whatever the order of rows.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from psycopg import sql

from liti.core.bulk import copy_rows
from liti.core.channels import CHANNELS, Channel
from liti.core.ids import uuid7_at
from liti.core.sql import text
from liti.outreach.candidates import candidates_sql, offers_on
from liti.outreach.models import BlockedCount, Plan
from liti.outreach.policy import CHUNK, policy_on, refused_sql
from liti.parties import queries as parties

ROUNDS_MAX = 200

_STANDING = """
SELECT id, channel, row_number() OVER (
           PARTITION BY channel ORDER BY expected_minor DESC, party_id) AS place
FROM (SELECT DISTINCT ON (party_id) id, party_id, channel, expected_minor
      FROM outreach_candidate WHERE blocked IS NULL
      ORDER BY party_id, expected_minor DESC, offer_code, channel) best
"""
_TURN_AWAY = (
    """
UPDATE outreach_candidate c SET blocked = 'capacity'
FROM ("""
    + _STANDING
    + """) s
JOIN unnest(%(channels)s::text[], %(capacities)s::bigint[]) AS k (channel, capacity)
     ON k.channel = s.channel
WHERE c.id = s.id AND s.place > k.capacity
"""
)
_LOSERS = (
    """
UPDATE outreach_candidate c SET blocked = 'better_offer'
WHERE c.blocked IS NULL AND c.id NOT IN (SELECT id FROM ("""
    + _STANDING
    + """) s)
"""
)
_FILL = sql.SQL("""
CREATE TEMP TABLE outreach_candidate ON COMMIT DROP AS
SELECT row_number() OVER (ORDER BY party_id, offer_code, channel) AS id, x.* FROM ({}) x
""")


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
    candidates_of_day, arguments = candidates_sql(plan.on, offers)
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS outreach_candidate")
        # Freshly imported tables have no statistics yet; a nested loop over them, chosen for
        # an expected row, took minutes for 30,000 customers. Hash joins always do here.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(text(_FILL.format(candidates_of_day)), arguments)
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


_ITEMS = sql.SQL("""
SELECT i.id, i.party_id, o.product_code, i.channel
FROM outreach_planitem i JOIN outreach_offer o ON o.id = i.offer_id
WHERE i.plan_id = %(plan)s AND i.status = 'planned' AND i.party_id = ANY(%(people)s::uuid[])
""")
_ITEMS_REFUSED = sql.SQL("SELECT id, refused FROM ({}) x WHERE refused IS NOT NULL ORDER BY id")


def refused_items(
    plan: Plan, *, sending: bool = False, party_id: UUID | None = None
) -> dict[str, list[UUID]]:
    """Items of a plan that the policy refuses by now, by reason: consents and contacts change.

    `sending`: asked when the plan goes out, and its own claims don't stand against it. Of one
    person where named, by the living id.
    """
    planned = plan.items.filter(status="planned").values_list("party_id", flat=True)
    people = [party_id] if party_id else list(planned)
    statement, arguments = refused_sql(_ITEMS, people, plan.on, party_id=party_id, sending=sending)
    found: dict[str, list[UUID]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(
            text(_ITEMS_REFUSED.format(statement)),
            arguments | {"plan": plan.id, "people": people},
        )
        for item_id, reason in cursor.fetchall():
            found[reason].append(item_id)
    return found


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
    found = cursor.fetchall()
    held = parties.hold_many({row[0] for row in found})
    # Whoever was merged while we computed is planned as the one that he is, by the next plan.
    chosen = [row for row in found if held[row[0]] == row[0]]
    by_phone = [row[0] for row in chosen if row[2] == Channel.PHONE]
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
    if channel == Channel.PHONE and party in leads:
        staff_code, own_department = leads[party]
        return own_department, staff_code
    return department, ""


def lock_planning() -> None:
    """One planner at a time; until the end of the transaction."""
    assert transaction.get_connection().in_atomic_block
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('outreach.plan'))")
