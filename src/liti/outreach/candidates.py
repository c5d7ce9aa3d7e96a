"""Every customer × offer × channel of a day in one SQL text, each with its score or refusal.

The plan takes the best of them; the next best action of one customer reads the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Q
from psycopg import sql

from liti.core.channels import CHANNELS
from liti.core.sql import Arguments, text
from liti.insight import queries as insight
from liti.market import queries as market
from liti.outreach.models import Offer
from liti.outreach.policy import policy_on, refused_sql
from liti.outreach.scores import premises, propensity_rules

COLUMNS = (
    "party_id", "offer_id", "offer_code", "product_code", "department", "channel",
    "propensity_bp", "expected_minor", "reason", "blocked",
)  # fmt: skip


def offers_on(on: date) -> list[Offer]:
    """Offers that hold on a day, of products on the shelf."""
    rows = Offer.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    sold = {p.code for p in market.shelf()}
    return [o for o in rows.order_by("code") if o.product_code in sold]


# Who is in a segment of which offer; each customer once an offer.
_REACHED = """
SELECT DISTINCT w.offer_id, m.party_id
FROM unnest(%(wanting_offers)s::uuid[], %(wanted_segments)s::text[]) AS w (offer_id, segment_code)
JOIN groups_member_v m ON m.segment_code = w.segment_code
"""
_REACHED_ALL = sql.SQL(_REACHED)
_REACHED_ONE = sql.SQL(_REACHED + " WHERE m.party_id = %(party)s")
_REACHED_IDS = "SELECT DISTINCT party_id FROM (" + _REACHED + ") r ORDER BY party_id"

_VALUED = sql.SQL("""
WITH reached AS ({reached}),
scored AS (
    SELECT r.party_id, o.id AS offer_id, o.code AS offer_code, o.product_code, o.department,
           ch.channel, o.value_minor, {premise} AS holds_true, {score}
    FROM reached r JOIN outreach_offer o ON o.id = r.offer_id
    LEFT JOIN insight_feature_v x ON x.party_id = r.party_id AND x.as_of = %(features_on)s
    CROSS JOIN LATERAL jsonb_array_elements_text(o.channels) AS ch (channel))
SELECT s.party_id, s.offer_id, s.offer_code, s.product_code, s.department, s.channel,
       least(s.base_bp * l.lift_bp / 10000, 10000) AS propensity_bp,
       s.value_minor * least(s.base_bp * l.lift_bp / 10000, 10000) / 10000 - l.cost_minor
           AS expected_minor,
       s.reason, s.holds_true
FROM scored s
JOIN unnest(%(channels)s::text[], %(lifts)s::bigint[], %(costs)s::bigint[])
     AS l (channel, lift_bp, cost_minor) ON l.channel = s.channel
""")
_CANDIDATES = sql.SQL("""
SELECT party_id, offer_id, offer_code, product_code, department, channel, propensity_bp,
       expected_minor, reason,
       coalesce(refused, CASE WHEN NOT holds_true THEN 'premise'
                              WHEN expected_minor <= 0 THEN 'not_worth_it' END) AS blocked
FROM ({refused}) judged
""")


def reached_ids(offers: Sequence[Offer]) -> list[UUID]:
    """Everybody who is in a segment of one of the offers."""
    with connection.cursor() as cursor:
        cursor.execute(_REACHED_IDS, _wanted(offers))
        return [row[0] for row in cursor.fetchall()]


def candidates_sql(
    on: date, offers: Sequence[Offer], *, party_id: UUID | None = None
) -> tuple[sql.Composed, dict[str, Any]]:
    """The SELECT (columns COLUMNS) with its arguments; of one customer where named."""
    policy = policy_on(on)
    scores = Arguments(
        _wanted(offers),
        features_on=insight.latest_day(),
        lifts=[policy.lift_bp[c] for c in CHANNELS],
        costs=[policy.cost_minor[c] for c in CHANNELS],
    )
    asked = _VALUED.format(
        reached=_REACHED_ONE if party_id else _REACHED_ALL,
        premise=_premise_sql(offers, scores),
        score=_score_sql(scores),
    )
    people = [party_id] if party_id else reached_ids(offers)
    refused, arguments = refused_sql(asked, people, on, party_id=party_id)
    return _CANDIDATES.format(refused=refused), scores | arguments


def rows_of(party_id: UUID, on: date, offers: Sequence[Offer]) -> list[dict[str, Any]]:
    """One customer's candidates, the most valuable first."""
    statement, arguments = candidates_sql(on, offers, party_id=party_id)
    best_first = sql.SQL("SELECT * FROM ({}) x ORDER BY expected_minor DESC, offer_code, channel")
    with connection.cursor() as cursor:
        cursor.execute(text(best_first.format(statement)), arguments)
        return [dict(zip(COLUMNS, row, strict=True)) for row in cursor.fetchall()]


def _wanted(offers: Sequence[Offer]) -> dict[str, Any]:
    pairs = [(offer.id, segment) for offer in offers for segment in offer.segments]
    return {
        "wanting_offers": [offer for offer, _segment in pairs],
        "wanted_segments": [segment for _offer, segment in pairs],
    }


def _premise_sql(offers: Sequence[Offer], arguments: Arguments) -> sql.Composable:
    """Whether all that the offer says of the customer is known to be true."""
    held = []
    for code, premise in premises().items():
        if saying := [offer.id for offer in offers if code in offer.premises]:
            feature = sql.Identifier("x", premise["feature"])
            held.append(
                sql.SQL("(o.id <> ALL({}::uuid[]) OR coalesce({}, FALSE))").format(
                    arguments.put(saying), _matches(feature, premise, arguments)
                )
            )
    return sql.SQL(" AND ").join(held) if held else sql.SQL("TRUE")


def _score_sql(arguments: Arguments) -> sql.Composed:
    """base_bp and the matched facts with their values, from insight's newest features."""
    bases, adds, facts = [], [], []
    for product, given in propensity_rules().items():
        is_product = sql.SQL("o.product_code = {}").format(arguments.put(product))
        bases.append(
            sql.SQL("WHEN {} THEN {}::bigint").format(is_product, arguments.put(given["base_bp"]))
        )
        for rule in given["rules"]:
            feature = sql.Identifier("x", rule["feature"])
            holds = sql.SQL("{} AND {}").format(is_product, _matches(feature, rule, arguments))
            add = arguments.put(rule["add_bp"])
            adds.append(sql.SQL("CASE WHEN {} THEN {}::bigint ELSE 0 END").format(holds, add))
            code = arguments.put(rule["code"])
            facts.append(
                sql.SQL(
                    "jsonb_strip_nulls(jsonb_build_object({}::text, CASE WHEN {} THEN {} END))"
                ).format(code, holds, feature)
            )
    return sql.SQL("CASE {} ELSE 0 END + {} AS base_bp, {} AS reason").format(
        sql.SQL(" ").join(bases), sql.SQL(" + ").join(adds), sql.SQL(" || ").join(facts)
    )


def _matches(feature: sql.Identifier, rule: dict[str, Any], arguments: Arguments) -> sql.Composed:
    if "at_least" in rule:
        return sql.SQL("{} >= {}").format(feature, arguments.put(rule["at_least"]))
    return sql.SQL("{} <= {}").format(feature, arguments.put(rule["at_most"]))
