"""Whoever brings one person in, or sees one go, learns nothing by comparing figures."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.market.builders import DAY, account_of
from tests.partners.builders import confirm, customer, live_partner, members, row

from liti.core import params
from liti.core.context import acting, job
from liti.partners import queries, services
from liti.partners.models import CohortMember, MemberFigures
from liti.partners.rules import rounded, tells_nobody_apart

YUAN = 100
pytestmark = pytest.mark.django_db


def close(day: int) -> None:
    services.publish_figures(DAY + timedelta(days=day))


def told(partner):
    s = queries.members_summary(partner)
    return (s.as_of and (s.as_of - DAY).days, s.with_account, s.with_product, s.assets_minor)


def rich(parties, yuan=10_000):
    for party in parties:
        account_of(party, yuan * YUAN)


def test_figures_come_with_the_closed_day_rounded_and_not_before():
    partner = live_partner()
    rich(members(partner, *range(1, 13)))
    assert told(partner) == (None, None, None, None)
    close(0)
    assert told(partner) == (0, 10, None, 120_000 * YUAN)
    close(0)
    assert told(partner) == (0, 10, None, 120_000 * YUAN)


def test_fewer_than_ten_have_no_figures_and_nine_with_an_account_none_of_theirs():
    partner = live_partner()
    parties = members(partner, *range(1, 10))
    rich(parties)
    close(0)
    assert told(partner) == (None, None, None, None)
    members(partner, 10, 11, 12, key="more")
    close(1)
    assert told(partner) == (1, None, None, None)


def test_one_more_member_changes_nothing_until_ten_have_come():
    partner = live_partner()
    rich(members(partner, *range(1, 13)))
    close(0)
    for n in range(13, 22):
        rich(members(partner, n, key=f"batch-{n}"), 1_000_000)
        close(n)
        assert told(partner)[1:] == (10, None, 120_000 * YUAN), n
    rich(members(partner, 22, key="batch-22"), 1_000_000)
    close(30)
    assert told(partner) == (30, 20, None, 10_120_000 * YUAN)


def test_who_left_is_not_reckoned_with_and_his_part_is_not_told():
    partner = live_partner()
    parties = members(partner, *range(1, 31))
    rich(parties)
    close(0)
    services.leave_partner(parties[0], partner)
    close(1)
    assert told(partner) == (0, 30, None, 300_000 * YUAN)  # stands still
    for party in parties[1:10]:
        services.leave_partner(party, partner)
    close(2)
    assert told(partner) == (2, 20, None, 200_000 * YUAN)


def test_a_crowd_that_came_back_but_for_one_is_told_apart_from_every_earlier_one():
    """Ten come, and another ten go: of the first cohort nobody, of the last one is missing."""
    partner = live_partner()
    rich(members(partner, *range(1, 13)))
    close(0)
    crowd = members(partner, *range(13, 24), key="more")
    rich(crowd)
    close(1)
    assert told(partner)[0] == 1
    for party in crowd[1:]:  # ten of the eleven go: with the first cohort it differs by one
        services.leave_partner(party, partner)
    close(2)
    assert told(partner)[0] == 1


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moves=st.lists(
        st.tuples(st.sampled_from(["join", "leave", "close"]), st.integers(0, 5)),
        min_size=4,
        max_size=14,
    )
)
def test_no_two_answers_ever_differ_by_fewer_than_the_minimum(db, moves):
    """Given any order of joining, leaving and closing days; the minimum is three here."""
    with acting(job("database")):
        params.set_parameter("partners.aggregate_minimum", 3, params_from())
    partner = live_partner(f"p{abs(hash(tuple(moves))) % 10**9}")
    inside, day, crowds, next_number = [], 0, [], 100
    for move, which in [("join", 5), *moves, ("close", 0)]:
        if move == "join":
            for _one in range(which):
                next_number += 1
                inside += members(partner, next_number, key=f"batch-{next_number}")
        elif move == "leave" and inside:
            for _one in range(min(which, len(inside))):
                services.leave_partner(inside.pop(), partner)
        else:
            day += 1
            close(day)
            if queries.members_summary(partner).as_of == DAY + timedelta(days=day):
                crowds.append(cohort_of(partner))
    for one in crowds:
        for other in crowds:
            assert not 0 < len(one - other) < 3
            assert len(one) >= 3


def params_from():
    return DAY - timedelta(days=400)


def cohort_of(partner):
    latest = MemberFigures.objects.filter(partner_id=partner).order_by("-on").first()
    return set(CohortMember.objects.filter(cohort=latest.cohort).values_list("party_id", flat=True))


@pytest.mark.parametrize(
    ("value", "step", "shown"),
    [
        (0, 5, 0),
        (12, 5, 10),
        (13, 5, 15),
        (499_999, 1_000_000, 0),
        (500_000, 1_000_000, 1_000_000),
        (-500_000, 1_000_000, -1_000_000),
    ],
)
def test_rounding(value, step, shown):
    assert rounded(value, step) == shown


def test_differences_that_tell_somebody_apart():
    assert tells_nobody_apart([], 10)
    assert tells_nobody_apart([(0, 0), (10, 0), (25, 10)], 10)
    assert not tells_nobody_apart([(20, 9)], 10)
    assert not tells_nobody_apart([(50, 50), (1, 0)], 10)


def test_a_request_alone_moves_no_figure():
    partner = live_partner()
    rich(members(partner, *range(1, 13)))
    close(0)
    before = told(partner)
    victim = customer(50)
    account_of(victim, 5_000_000 * YUAN)
    services.onboard_members(partner, [row(50)], key="attack")
    close(1)
    assert told(partner)[1:] == before[1:]
    confirm(partner, victim)
    close(2)
    assert told(partner)[1:] == before[1:]
