"""Reads of the data cloud's results. Amounts are minor units, shares basis points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Max, Sum

from liti.core import params
from liti.core.authority import BATCHES, open_to_all, query
from liti.core.roles import CUSTOMERS, GROUPS, STAFF
from liti.insight.features import kept
from liti.insight.models import BankMonth, FeatureRow, PartyMonth
from liti.insight.rules import month_number, month_start, tier
from liti.parties import queries as parties

IDS_MAX = 10_000
MONTHS_MAX = 120


@dataclass(frozen=True, slots=True)
class FeatureInfo:
    """What a feature means, for people and for the language of rules."""

    name: str
    unit: str
    window: str
    name_zh: str
    name_en: str


@dataclass(frozen=True, slots=True)
class Features:
    """All features of a customer on a day, each an attribute by its name; None where unknown."""

    party_id: UUID
    as_of: date
    values: Mapping[str, int | None]

    def __getattr__(self, name: str) -> Any:
        try:
            return self.values[name]
        except KeyError:
            raise AttributeError(f"there is no feature {name}") from None

    @property
    def rfm(self) -> str:
        """Recency, frequency, monetary quintiles, best 555."""
        return f"{self.recency_score}{self.frequency_score}{self.monetary_score}"


@dataclass(frozen=True, slots=True)
class MonthFlow:
    """A customer's month."""

    month: date
    in_minor: int
    out_minor: int
    end_balance_minor: int


@dataclass(frozen=True, slots=True)
class BankMonthView:
    """The bank's month; assets are deposits at its end, with what was put into funds."""

    month: date
    customers_active: int
    in_minor: int
    out_minor: int
    assets_minor: int


@dataclass(frozen=True, slots=True)
class TierShare:
    """Customers and assets of one tier."""

    tier: str
    lower_bound_minor: int
    customers: int
    assets_minor: int


_NAMES = tuple(f.name for f in kept())


@open_to_all("names and definitions, no data")
def feature_catalogue() -> list[FeatureInfo]:
    """All features that may be looked up and used in rules."""
    return [FeatureInfo(f.name, f.unit, f.window, f.name_zh, f.name_en) for f in kept()]


@open_to_all("a date")
def latest_day() -> date | None:
    """The last day for which features were built."""
    last: date | None = FeatureRow.objects.aggregate(last=Max("as_of"))["last"]
    return last


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def features(party_id: UUID) -> Features | None:
    """The newest features of a customer; None where none were built."""
    living = parties.resolve([party_id])[party_id]
    return features_many([living]).get(living)


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def features_many(party_ids: Sequence[UUID]) -> dict[UUID, Features]:
    """The newest features of up to 10,000 customers; unknown ones are left out."""
    ids = list(party_ids)
    assert len(ids) <= IDS_MAX, f"at most {IDS_MAX} customers a call"
    last_day = latest_day()
    if last_day is None:
        return {}
    rows = FeatureRow.objects.filter(as_of=last_day, party_id__in=ids)
    return {
        party_id: Features(party_id, last_day, dict(zip(_NAMES, values, strict=True)))
        for party_id, *values in rows.values_list("party_id", *_NAMES)
    }


@query(staff=CUSTOMERS, system=BATCHES)
def trend(party_id: UUID, months: int = 12) -> list[MonthFlow]:
    """The last months of a customer, oldest first; months without entries are filled."""
    last_day = latest_day()
    if last_day is None:
        return []
    rows = {
        month_number(r.month): r
        for r in PartyMonth.objects.filter(party_id=parties.living(party_id)).order_by("month")
    }
    last = month_number(last_day)
    first = last - min(months, MONTHS_MAX) + 1
    balance = max(((n, r.end_balance_minor) for n, r in rows.items() if n < first), default=(0, 0))[
        1
    ]
    flows = []
    for number in range(first, last + 1):
        row = rows.get(number)
        balance = row.end_balance_minor if row else balance
        flows.append(
            MonthFlow(
                month_start(number),
                row.in_minor if row else 0,
                row.out_minor if row else 0,
                balance,
            )
        )
    return flows


@query(staff=STAFF, system=BATCHES)
def bank_trend(months: int = 12) -> list[BankMonthView]:
    """The bank's last months, oldest first."""
    rows = BankMonth.objects.order_by("-month")[: min(months, MONTHS_MAX)]
    return [
        BankMonthView(r.month, r.customers_active, r.in_minor, r.out_minor, r.assets_minor)
        for r in reversed(rows)
    ]


@query(staff=STAFF, system=BATCHES)
def products_per_customer() -> Decimal | None:
    """Categories of products held per known customer on the newest day; None without features."""
    newest = latest_day()
    if newest is None:
        return None
    found = FeatureRow.objects.filter(as_of=newest).aggregate(
        held=Sum("products_held"), customers=Count("party_id")
    )
    customers = int(found["customers"])
    return Decimal(found["held"] or 0) / customers if customers else None


@query(staff=CUSTOMERS | GROUPS, system=BATCHES)
def tier_of(party_id: UUID) -> str | None:
    """Asset tier by the daily average of 90 days; None without features."""
    found = features(party_id)
    return tier(found.average_assets_90d_minor, params.get("insight.tiers")) if found else None


@query(staff=STAFF, system=BATCHES)
def assets_by_tier() -> list[TierShare]:
    """Customers and assets by tier, lowest first; a customer's tier is of the 90-day average."""
    bounds = sorted(params.get("insight.tiers").items(), key=lambda item: int(item[1]))
    last_day = latest_day()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT greatest(width_bucket(average_assets_90d_minor, %s::bigint[]), 1), count(*),"
            " coalesce(sum(assets_minor), 0)::bigint"
            " FROM insight_features WHERE as_of = %s GROUP BY 1",
            [[int(bound) for _name, bound in bounds], last_day],
        )
        found = {bucket: (customers, assets) for bucket, customers, assets in cursor.fetchall()}
    return [
        TierShare(name, int(bound), *found.get(position, (0, 0)))
        for position, (name, bound) in enumerate(bounds, start=1)
    ]
