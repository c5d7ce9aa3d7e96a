"""What an enterprise is told of its members: figures of a fixed crowd, once a closed day.

A figure that follows each member who comes or goes says that member's part of it by the
difference of two answers. So figures are those of a cohort: people whom a partner had on some
day, kept together since. Another cohort follows only when it differs from each cohort of which
the partner ever had a figure by nobody, or by at least `partners.aggregate_minimum` people, those
who came and those who went counted apart. Until then the old cohort's figures go on, and stand
still where somebody of it is no member any more: he is not reckoned with again. Money and people
are rounded to declared steps (PIPL Art. 23, 73; ISO/IEC 20889, 8.2).
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import connection, transaction

from liti.accounts import queries as accounts
from liti.core import params
from liti.core.authority import command
from liti.core.clock import now
from liti.partners.models import Cohort, CohortMember, Enrolment, Member, MemberFigures, Partner
from liti.partners.rules import (
    EnrolmentStatus,
    PartnerStatus,
    aggregate_visible,
    rounded,
    tells_nobody_apart,
)
from liti.wealth import queries as wealth

# For each earlier cohort of a partner: how many are new beside it, and how many are gone.
_DIFFERENCES = """
WITH present AS (
    SELECT DISTINCT party_id FROM partners_member WHERE partner_id = %(partner)s
), kept AS (
    SELECT c.id, count(m.party_id) AS size, count(p.party_id) AS stayed
    FROM partners_cohort c
    JOIN partners_cohortmember m ON m.cohort_id = c.id
    LEFT JOIN present p ON p.party_id = m.party_id
    WHERE c.partner_id = %(partner)s
    GROUP BY c.id
)
SELECT id, (SELECT count(*) FROM present) - stayed, size - stayed FROM kept ORDER BY id
"""


@dataclass(frozen=True, slots=True)
class Published:
    """How many partners have figures of the day, and of how many they stand still."""

    partners: int
    standing: int


@command(system=("day", "demo", "partners"))
@transaction.atomic
def publish_figures(on: date) -> Published:
    """The figures of a closed day for every live partner; the same day again changes nothing."""
    told = standing = 0
    for partner in Partner.objects.filter(status=PartnerStatus.LIVE).order_by("id"):
        Partner.objects.select_for_update(no_key=True).get(id=partner.id)
        if MemberFigures.objects.filter(partner=partner, on=on).exists():
            continue
        cohort = _cohort(partner.id, on)
        if cohort is None:
            standing += 1
            continue
        _publish(cohort, on)
        told += 1
    _forget(on)
    return Published(told, standing)


def _cohort(partner_id: UUID, on: date) -> Cohort | None:
    """The cohort whose figures may be told today; None where they stand still."""
    minimum = int(params.get("partners.aggregate_minimum"))
    with connection.cursor() as cursor:
        cursor.execute(_DIFFERENCES, {"partner": partner_id})
        differences = cursor.fetchall()
    if same := [cohort for cohort, came, gone in differences if (came, gone) == (0, 0)]:
        return Cohort.objects.get(id=same[-1])
    if tells_nobody_apart([(came, gone) for _id, came, gone in differences], minimum):
        return _freeze(partner_id, on, minimum)
    latest, _came, gone = differences[-1]
    return Cohort.objects.get(id=latest) if gone == 0 else None


def _freeze(partner_id: UUID, on: date, minimum: int) -> Cohort | None:
    people = set(Member.objects.filter(partner_id=partner_id).values_list("party_id", flat=True))
    if not aggregate_visible(len(people), minimum):
        return None
    cohort = Cohort.objects.create(partner_id=partner_id, frozen_on=on)
    CohortMember.objects.bulk_create(
        [CohortMember(cohort=cohort, party_id=party) for party in sorted(people)], batch_size=1000
    )
    return cohort


def _publish(cohort: Cohort, on: date) -> None:
    people: Collection[UUID] = list(
        CohortMember.objects.filter(cohort=cohort).values_list("party_id", flat=True)
    )
    assets = accounts.assets_by_party(list(people))
    holdings = wealth.values_of(list(people))
    step = int(params.get("partners.aggregate_step"))
    step_minor = int(params.get("partners.aggregate_step_minor"))
    minimum = int(params.get("partners.aggregate_minimum"))
    owners, holders = len(assets), len(holdings)
    total = sum(assets.values()) + sum(holdings.values())
    MemberFigures.objects.create(
        partner_id=cohort.partner_id,
        cohort=cohort,
        on=on,
        people=rounded(len(people), step),
        with_account=rounded(owners, step) if owners >= minimum else None,
        with_product=rounded(holders, step) if holders >= minimum else None,
        assets_minor=rounded(total, step_minor) if owners >= minimum else None,
    )


def _forget(on: date) -> None:
    """Requests that came to nothing go after their time; figures and cohorts stay, because
    a later answer is held against every earlier one."""
    before = now() - timedelta(days=int(params.get("partners.enrolment.kept_days")))
    Enrolment.objects.filter(expires_at__lt=before).exclude(
        status__in=(EnrolmentStatus.CONFIRMED, EnrolmentStatus.LEFT)
    ).delete()
