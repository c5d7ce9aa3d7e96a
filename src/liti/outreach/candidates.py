"""Every customer × offer × channel of a day in one SQL text, each with its score or refusal.

The plan takes the best of them; the next best action of one customer reads the same rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, time
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import yaml
from django.db.models import Q

from liti.core import params
from liti.groups import queries as groups
from liti.insight import queries as insight
from liti.market import queries as market
from liti.outreach.models import Offer
from liti.outreach.rules import CHANNELS, Policy

NOBODY = "SELECT NULL::uuid AS offer_id, NULL::uuid AS party_id WHERE false"


@cache
def propensity_rules() -> dict[str, Any]:
    """The rule scores by product: base and what each fact adds, with its words."""
    text = (resources.files("liti.outreach") / "data" / "propensity.yaml").read_text("utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    known = {f.name for f in insight.feature_catalogue()}
    for product in found.values():
        unknown = {rule["feature"] for rule in product["rules"]} - known
        assert not unknown, f"propensity.yaml names features that insight lacks: {unknown}"
    return found


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


def offers_on(on: date) -> list[Offer]:
    """Offers that hold on a day, of products on the shelf."""
    rows = Offer.objects.filter(Q(valid_to=None) | Q(valid_to__gt=on), valid_from__lte=on)
    sold = {p.code for p in market.shelf()}
    return [o for o in rows.order_by("code") if o.product_code in sold]


def reached_relation(offers: Sequence[Offer], party_id: UUID | None = None) -> str:
    """SQL sub-select with columns offer_id, party_id: who is in an offer's segments."""
    if party_id:
        mine = {m.segment_code for m in groups.segments_of(party_id)}
        parts = [
            f"SELECT '{offer.id}'::uuid AS offer_id, '{party_id}'::uuid AS party_id"
            for offer in offers
            if mine & set(offer.segments)
        ]
    else:
        parts = [
            f"SELECT '{offer.id}'::uuid AS offer_id, m.party_id"
            f" FROM {groups.members_relation(segment)} m"
            for offer in offers
            for segment in offer.segments
        ]
    return f"({' UNION '.join(parts) or NOBODY})"


_CANDIDATES = """
WITH reached AS (SELECT offer_id, party_id FROM {reached} r),
consent AS (SELECT * FROM unnest(%(consent_parties)s::uuid[], %(consent_channels)s::text[])
            AS c (party_id, channel)),
holds AS ({holds}),
proposable AS ({proposable}),
past AS (
    SELECT party_id, bool_or("on" = %(on)s) AS today,
           count(*) FILTER (WHERE "on" > %(on)s::date - 7) AS in_7,
           count(*) FILTER (WHERE "on" > %(on)s::date - 30) AS in_30,
           count(*) FILTER (WHERE "on" > %(on)s::date - 7 AND channel = 'phone') AS phone_7,
           count(*) FILTER (WHERE "on" > %(on)s::date - 7 AND channel = 'sms') AS sms_7,
           count(*) FILTER (WHERE "on" > %(on)s::date - 7 AND channel = 'push') AS push_7
    FROM outreach_contact WHERE "on" > %(on)s::date - 30 AND "on" <= %(on)s {mine}
    GROUP BY party_id),
resting AS (
    SELECT DISTINCT party_id, product_code FROM outreach_contact
    WHERE "on" <= %(on)s AND "on" > %(on)s::date - CASE WHEN response = 'refused'
          THEN %(refused_days)s::int ELSE %(no_reply_days)s::int END {mine}),
scored AS (
    SELECT r.party_id, o.id AS offer_id, o.code AS offer_code, o.product_code, o.department,
           ch.channel, o.value_minor, {score}
    FROM reached r JOIN outreach_offer o ON o.id = r.offer_id
    LEFT JOIN {features} x ON x.party_id = r.party_id
    CROSS JOIN LATERAL jsonb_array_elements_text(o.channels) AS ch (channel)),
valued AS (
    SELECT s.*, least(s.base_bp * l.lift_bp / 10000, 10000) AS propensity_bp,
           s.value_minor * least(s.base_bp * l.lift_bp / 10000, 10000) / 10000 - l.cost_minor
               AS expected_minor
    FROM scored s JOIN unnest(%(channels)s::text[], %(lifts)s::bigint[], %(costs)s::bigint[])
         AS l (channel, lift_bp, cost_minor) ON l.channel = s.channel)
SELECT v.party_id, v.offer_id, v.offer_code, v.product_code, v.department, v.channel,
       v.propensity_bp, v.expected_minor, v.reason,
       CASE
         WHEN (('x' || substr(md5(v.party_id::text || 'outreach.holdout'), 1, 7))::bit(28)::int
               %% 10000) < %(holdout_bp)s THEN 'held_out'
         WHEN v.party_id = ANY(%(minors)s::uuid[]) THEN 'under_age'
         WHEN c.party_id IS NULL THEN 'no_consent'
         WHEN h.party_id IS NOT NULL THEN 'holds_product'
         WHEN v.product_code = ANY(%(guarded)s) AND s.party_id IS NULL THEN 'unsuitable'
         WHEN p.today THEN 'cap_day'
         WHEN w.party_id IS NOT NULL THEN 'product_window'
         WHEN p.in_7 >= %(per_7_days)s THEN 'cap_7_days'
         WHEN p.in_30 >= %(per_30_days)s THEN 'cap_30_days'
         WHEN CASE v.channel WHEN 'phone' THEN p.phone_7 >= %(phone_7)s
              WHEN 'sms' THEN p.sms_7 >= %(sms_7)s ELSE p.push_7 >= %(push_7)s END
              THEN 'cap_channel'
         WHEN v.expected_minor <= 0 THEN 'not_worth_it'
       END AS blocked
FROM valued v
LEFT JOIN consent c ON c.party_id = v.party_id AND c.channel = v.channel
LEFT JOIN holds h ON h.party_id = v.party_id AND h.product_code = v.product_code
LEFT JOIN proposable s ON s.party_id = v.party_id AND s.product_code = v.product_code
LEFT JOIN past p ON p.party_id = v.party_id
LEFT JOIN resting w ON w.party_id = v.party_id AND w.product_code = v.product_code
"""
COLUMNS = (
    "party_id", "offer_id", "offer_code", "product_code", "department", "channel",
    "propensity_bp", "expected_minor", "reason", "blocked",
)  # fmt: skip


def candidates_sql(
    on: date,
    offers: Sequence[Offer],
    consents: Sequence[tuple[UUID, str]],
    *,
    minors: Sequence[UUID] = (),
    party_id: UUID | None = None,
) -> tuple[str, dict[str, Any]]:
    """The SELECT (columns COLUMNS) with its arguments; of one customer where named.

    `consents`: (party, channel) pairs that the parties room says are allowed on the day;
    `minors`: who is known to be under age (nobody sells to them).
    """
    policy = policy_on(on)
    products = sorted({o.product_code for o in offers})
    guarded = {p: r for p in products if (r := market.proposable_relation(p, on)) is not None}
    text = _CANDIDATES.format(
        reached=reached_relation(offers, party_id),
        mine="AND party_id = %(party)s" if party_id else "",
        holds=_union({p: market.holders_relation(p) for p in products}, party_id),
        proposable=_union(guarded, party_id),
        score=_score_sql(),
        features=insight.features_relation(),
    )
    return text, {
        "on": on,
        "party": party_id,
        "consent_parties": [party for party, _channel in consents],
        "consent_channels": [channel for _party, channel in consents],
        "minors": list(minors),
        "guarded": list(guarded),
        "channels": list(CHANNELS),
        "lifts": [policy.lift_bp[c] for c in CHANNELS],
        "costs": [policy.cost_minor[c] for c in CHANNELS],
        "holdout_bp": policy.holdout_bp,
        "refused_days": policy.refused_days,
        "no_reply_days": policy.no_reply_days,
        "per_7_days": policy.per_7_days,
        "per_30_days": policy.per_30_days,
        **{f"{c}_7": policy.channel_per_7_days[c] for c in CHANNELS},
    }


def _union(relations: dict[str, str], party_id: UUID | None) -> str:
    # One customer's question must not read everybody's rows.
    only = " WHERE x.party_id = %(party)s" if party_id else ""
    parts = [
        f"SELECT DISTINCT {_text(product)} AS product_code, x.party_id FROM {relation} x{only}"
        for product, relation in relations.items()
    ]
    return " UNION ALL ".join(parts) or "SELECT ''::text AS product_code, NULL::uuid AS party_id"


def _score_sql() -> str:
    """base_bp and the matched facts with their values, from insight's newest features."""
    bases, adds, facts = [], [], []
    for product, given in propensity_rules().items():
        is_product = f"o.product_code = {_text(product)}"
        bases.append(f"WHEN {is_product} THEN {int(given['base_bp'])}")
        for rule in given["rules"]:
            feature, matches = f"x.{rule['feature']}", _matches(rule)
            adds.append(
                f"CASE WHEN {is_product} AND {matches} THEN {int(rule['add_bp'])} ELSE 0 END"
            )
            facts.append(
                f"{_text(rule['code'])}, CASE WHEN {is_product} AND {matches} THEN {feature} END"
            )
    objects = " || ".join(f"jsonb_strip_nulls(jsonb_build_object({fact}))" for fact in facts)
    return f"CASE {' '.join(bases)} ELSE 0 END + {' + '.join(adds)} AS base_bp, {objects} AS reason"


def _matches(rule: dict[str, Any]) -> str:
    feature = f"x.{rule['feature']}"
    if "at_least" in rule:
        return f"{feature} >= {int(rule['at_least'])}"
    return f"{feature} <= {int(rule['at_most'])}"


def _text(value: str) -> str:
    """A literal of reference data (codes), with quotes and percent signs made harmless."""
    escaped = value.replace("'", "''").replace("%", "%%")
    return f"'{escaped}'"
