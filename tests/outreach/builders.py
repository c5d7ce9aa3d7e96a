"""Customers in segments, with features, consents and earlier contacts: a small planned bank."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from tests.market.builders import person

from liti.core import approvals
from liti.core.context import Actor, acting
from liti.core.ids import uuid7
from liti.core.models import Parameter
from liti.groups.models import SegmentMember
from liti.insight.models import FeatureRow
from liti.outreach import services
from liti.outreach.models import Contact, Offer
from liti.parties.services import NewConsent, grant_consents, withdraw_consent

DAY = date(2026, 11, 23)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"marketing_operator"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"operation_head"}))
NULLABLE = {f.name for f in FeatureRow._meta.fields if f.null}


def customer(
    *segments: str,
    consents: tuple[str, ...] = ("phone", "sms", "push"),
    birth_date: date = date(1985, 5, 5),
    **features: int,
) -> UUID:
    """A person in segments, with features of the day before and marketing consents."""
    party_id = person(birth_date)
    SegmentMember.objects.bulk_create(
        [SegmentMember(party_id=party_id, segment_code=s, since=DAY) for s in segments]
    )
    numbers = {
        f.name: 0
        for f in FeatureRow._meta.fields
        if f.name not in {"pk", "party_id", "as_of"} and f.name not in NULLABLE
    }
    # What brings people into these groups, by little: the offers to them say so.
    if "salary_customers" in segments:
        numbers["salary_in_minor"] = 500_000
    if "idle_balance" in segments:
        numbers["average_balance_90d_minor"] = 100_000
    FeatureRow.objects.create(
        party_id=party_id, as_of=DAY - timedelta(days=1), **(numbers | features)
    )
    grant_consents(
        [NewConsent(party_id, "marketing", c, True, f"test:{c}:{party_id}") for c in consents]
    )
    return party_id


def withdraw(party_id: UUID, channel: str) -> None:
    withdraw_consent(party_id, "marketing", channel)


def contacted(party_id: UUID, days_ago: int, product="LTYEB1", channel="sms", response="") -> None:
    Contact.objects.create(
        party_id=party_id,
        on=DAY - timedelta(days=days_ago),
        product_code=product,
        channel=channel,
        department="cards",
        response=response,
    )


def release(plan_id: UUID) -> None:
    """One proposes, another decides."""
    with acting(MAKER):
        approval = services.propose_release(plan_id)
    with acting(CHECKER):
        approvals.decide(approval, True)


def only_offers(*offers: tuple[str, str, str, list[str], list[str], int]) -> None:
    """Replace the offers: (code, product, department, segments, channels, value)."""
    Offer.objects.all().delete()
    for code, product, department, segments, channels, value in offers:
        Offer.objects.create(
            code=code,
            product_code=product,
            department=department,
            segments=segments,
            channels=channels,
            value_minor=value,
            name_zh=code,
            name_en=code,
            valid_from=date(2020, 1, 1),
        )


def parameter(code: str, value: int, scope: str = "") -> None:
    """The bank changes a parameter as of the day."""
    Parameter.objects.update_or_create(
        code=code,
        scope=scope,
        valid_from=DAY - timedelta(days=1),
        defaults={"value": value, "unit": "test", "source_tag": "B"},
    )
