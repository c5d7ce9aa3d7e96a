"""One plan for the whole bank: who gets which offer, by whom, and who is left in peace."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.market.builders import account_of, assess
from tests.outreach.builders import (
    CHECKER,
    DAY,
    MAKER,
    contacted,
    customer,
    only_offers,
    parameter,
    release,
    withdraw,
)
from tests.outreach.policy_said_twice import Past, refusal

from liti.core import approvals
from liti.core.channels import CHANNELS
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting
from liti.core.delivery import deliver_pending
from liti.core.errors import Conflict, Forbidden, InvalidInput, Refused
from liti.core.ids import uuid7
from liti.market import queries as market
from liti.outreach import queries, services
from liti.outreach.models import Contact, Offer, Plan, PlanItem
from liti.outreach.policy import policy_on

SWEEP, LOAN = "LTYEB1", "LTLOAN"
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(db):
    set_business_date(DAY)
    parameter("outreach.holdout_bp", 0)


def test_two_departments_want_the_same_customer_and_one_gets_the_contact():
    only_offers(
        ("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000),
        ("b", SWEEP, "retail", ["idle_balance"], ["push"], 9_000),
    )
    party = customer("idle_balance")

    report = services.plan_day(DAY)

    assert (report.people, report.candidates, report.planned) == (1, 2, 1)
    assert report.blocked == {"better_offer": 1}
    [item] = queries.plan_items(DAY)
    assert (item.party_id, item.offer_code, item.department) == (party, "b", "retail")


def test_a_plan_is_the_same_when_it_is_computed_again():
    for number in range(30):
        customer("idle_balance", "salary_customers", salary_in_minor=1_000 + number * 1_000)
    first = services.plan_day(DAY)
    rows = list(PlanItem.objects.order_by("id").values())
    assert services.plan_day(DAY) == first
    assert list(PlanItem.objects.order_by("id").values()) == rows
    assert first.planned == 30


def test_why_somebody_is_left_in_peace():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["sms"], 5_000))
    cases = {
        "under_age": customer("idle_balance", birth_date=date(2012, 1, 1)),
        "no_consent": customer("idle_balance", consents=("push",)),
        "cap_day": customer("idle_balance"),
        "product_window": customer("idle_balance"),
        "cap_7_days": customer("idle_balance"),
        "cap_channel": customer("idle_balance"),
        "cap_30_days": customer("idle_balance"),
    }
    contacted(cases["cap_day"], 0, LOAN)
    contacted(cases["product_window"], 89, response="refused")
    for days in (2, 3, 4):
        contacted(cases["cap_7_days"], days, LOAN, "push")
    for days in (3, 5):
        contacted(cases["cap_channel"], days, LOAN, "sms")
    for days in range(8, 24, 2):
        contacted(cases["cap_30_days"], days, LOAN, "push")
    free = customer("idle_balance")
    contacted(free, 30)
    contacted(free, 90, response="refused")

    report = services.plan_day(DAY)

    assert report.blocked == dict.fromkeys(sorted(cases), 1)
    assert [i.party_id for i in queries.plan_items(DAY)] == [free]
    for reason, party in cases.items():
        assert queries.next_best_action(party).action is None
        assert {w.reason for w in queries.next_best_action(party).resting} == {reason}


def test_who_holds_the_product_is_not_offered_it():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    party = customer("idle_balance")
    assess(party)
    account = account_of(party, 1_000)
    services.market.place_order(party, SWEEP, account, 1_000, channel="mobile", key="k")
    assert services.plan_day(DAY).blocked == {"holds_product": 1}


def test_the_held_out_share_is_never_contacted():
    parameter("outreach.holdout_bp", 10_000)
    customer("idle_balance")
    report = services.plan_day(DAY)
    assert report.planned == 0
    assert set(report.blocked) == {"held_out"}


def test_capacity_goes_to_the_most_valuable_and_the_others_get_their_next_channel():
    only_offers(("a", SWEEP, "retail", ["salary_customers"], ["phone", "sms"], 50_000))
    parameter("outreach.capacity", 2, "phone")
    parameter("outreach.capacity", 1, "sms")
    rich = [
        customer("salary_customers", salary_in_minor=500, average_balance_90d_minor=9_000_000)
        for _ in range(2)
    ]
    poor = [customer("salary_customers") for _ in range(2)]

    report = services.plan_day(DAY)

    by_party = {i.party_id: i.channel for i in queries.plan_items(DAY)}
    assert [by_party.get(p) for p in rich] == ["phone", "phone"]
    assert sorted(str(by_party.get(p)) for p in poor) == ["None", "sms"]
    assert report.planned == 3


def test_release_needs_a_second_person_and_claims_each_slot():
    party, other, gone = (customer("idle_balance") for _ in range(3))
    plan = services.plan_day(DAY)
    with acting(MAKER):
        approval = services.propose_release(plan.plan_id)
        with pytest.raises(Forbidden):
            approvals.decide(approval, True)
    # Meanwhile one is contacted by hand, and one withdraws consent.
    services.claim_contact(other, LOAN, channel="phone", department="lending", staff_code="LM1")
    for channel in CHANNELS:
        withdraw(gone, channel)
    with acting(CHECKER):
        approvals.decide(approval, True)

    states = {i.party_id: (i.status, i.note) for i in queries.plan_items(DAY)}
    assert states[party] == ("planned", "")
    assert states[other] == ("expired", "cap_day")
    assert states[gone] == ("expired", "no_consent")
    assert services.plan_day(DAY).status == "released"
    assert Contact.objects.filter(party_id=party, on=DAY).count() == 1


def test_a_rejected_plan_makes_room_for_another():
    customer("idle_balance")
    plan = services.plan_day(DAY)
    with acting(MAKER):
        approval = services.propose_release(plan.plan_id)
    with acting(CHECKER):
        approvals.decide(approval, False, "too many text messages")
    again = services.plan_day(DAY)
    assert again.plan_id != plan.plan_id
    assert (again.status, again.planned) == ("drafted", 1)


def test_a_data_steward_and_marketing_release_no_plan_and_a_withdrawn_one_is_a_draft_again():
    customer("idle_balance")
    plan = services.plan_day(DAY)
    with acting(MAKER):
        approval = services.propose_release(plan.plan_id)
    for role in ("data_steward", "marketing_operator", "finance_officer", "auditor"):
        with acting(Actor("staff", role, uuid7(), frozenset({role}))), pytest.raises(Forbidden):
            approvals.decide(approval, True)
    assert services.plan_day(DAY).status == "proposed"
    with acting(CHECKER):
        change = approvals.approval(approval).change
    assert change.summary == "Contact plan of 2026-11-23: 1 customers"
    assert [(line.before, line.after) for line in change.lines] == [("no contact", "1 customers")]
    with acting(MAKER):
        approvals.withdraw(approval)
    assert services.plan_day(DAY).status == "drafted"


def test_nothing_is_sent_in_quiet_hours():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    customer("idle_balance")
    release(services.plan_day(DAY).plan_id)
    assert services.send_due(DAY, at=NOON + timedelta(hours=9)) == 0
    assert services.send_due(DAY, at=NOON) == 1
    assert services.send_due(DAY, at=NOON) == 0


@pytest.mark.parametrize(
    ("happens", "reason"),
    [
        (lambda party: withdraw(party, "any"), "no_consent"),
        (lambda party: withdraw(party, "push"), "no_consent"),
        (lambda party: contacted(party, 1, LOAN, "push"), "cap_7_days"),
        (lambda party: contacted(party, 40, SWEEP, "push", "refused"), "product_window"),
    ],
)
def test_what_happened_since_the_release_is_heeded_when_the_plan_is_sent(happens, reason):
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    parameter("outreach.cap.per_7_days", 1)
    quiet, reached = customer("idle_balance"), customer("idle_balance")
    release(services.plan_day(DAY).plan_id)

    happens(quiet)

    assert services.send_due(DAY, at=NOON) == 1
    items = {i.party_id: (i.status, i.note) for i in PlanItem.objects.filter(plan__on=DAY)}
    assert items == {quiet: ("expired", reason), reached: ("sent", "")}
    assert DAY not in [c.on for c in queries.contacts_of(quiet)]
    assert [c.on for c in queries.contacts_of(reached)] == [DAY]


def test_the_day_of_a_person_is_taken_once_over_all_departments():
    party = customer()
    services.claim_contact(party, SWEEP, channel="phone", department="retail")
    with pytest.raises(Refused) as refused:
        services.claim_contact(party, LOAN, channel="sms", department="lending")
    assert refused.value.code == "outreach.cap_day"
    with pytest.raises(InvalidInput):
        services.claim_contact(party, LOAN, channel="pigeon", department="lending")
    assert [c.department for c in queries.contacts_of(party)] == ["retail"]


def test_a_yes_becomes_an_order_with_everyone_who_helped_once_the_customer_confirms():
    only_offers(("a", SWEEP, "corporate", ["idle_balance"], ["push"], 5_000))
    party = customer("idle_balance", average_balance_90d_minor=3_000_000)
    assess(party)
    account = account_of(party, 50_000)
    release(services.plan_day(DAY).plan_id)
    action = queries.next_best_action(party).action
    assert "30,000.00" in action.reason_zh
    assert "30,000.00" in action.reason_en

    prepared = services.accept_offer(action.item_id, account, 50_000, channel="phone", key="yes")
    deliver_pending()
    assert market.orders_of(party) == []
    assert queries.contacts_of(party)[0].response == ""

    seen = services.market.review_prepared(party, prepared.id).seen
    order = services.market.confirm_prepared(party, prepared.id, seen)
    deliver_pending()

    assert order.offer_id == action.offer_id
    assert [c["role"] for c in order.contributions] == ["referral", "seller", "owner"]
    [contact] = queries.contacts_of(party)
    assert contact.response == "bought"
    assert market.orders_of(party)[0].id == order.id
    assert queries.next_best_action(party).action is None


def test_an_offer_goes_to_nobody_of_whom_its_words_are_false():
    only_offers(("salary", SWEEP, "retail", ["growing"], ["push"], 8_000))
    Offer.objects.update(premises=["salary"])
    paid = customer("growing", salary_in_minor=800_000, average_balance_90d_minor=3_000_000)
    unpaid = customer("growing", average_balance_90d_minor=3_000_000)
    unknown = customer("growing", salary_in_minor=None, average_balance_90d_minor=3_000_000)
    for party in (paid, unpaid, unknown):
        assess(party)

    services.plan_day(DAY)

    assert [i.party_id for i in queries.plan_items(DAY)] == [paid]
    assert {w.reason for w in queries.next_best_action(unpaid).resting} == {"premise"}
    assert {w.reason for w in queries.next_best_action(unknown).resting} == {"premise"}


def test_the_parts_of_a_score_add_up_to_what_the_plan_expects():
    only_offers(
        ("a", SWEEP, "direct", ["growing"], ["push", "phone"], 50_000),
        ("b", SWEEP, "retail", ["growing"], ["push"], 40_000),
    )
    party = customer("growing", salary_in_minor=800_000, average_balance_90d_minor=3_000_000)
    assess(party)

    found = queries.next_best_action(party)
    action = found.action

    assert [(p.code, p.add_bp) for p in action.score.parts][:2] == [
        ("idle_balance", 150),
        ("salary", 100),
    ]
    for score in (action.score, *(w.score for w in found.runners_up)):
        plain = score.base_bp + sum(part.add_bp for part in score.parts)
        assert score.propensity_bp == min(plain * score.lift_bp // 10_000, 10_000)
    assert action.score.propensity_bp == action.propensity_bp
    assert action.score.expected_minor == action.expected_minor
    worth = [action.expected_minor, *(w.score.expected_minor for w in found.runners_up)]
    assert worth == sorted(worth, reverse=True)
    assert len(worth) == 3


def test_a_refusal_is_written_down_and_rests_the_product():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    party = customer("idle_balance")
    plan = services.plan_day(DAY)
    [item] = queries.plan_items(DAY)
    with pytest.raises(Conflict):
        services.record_response(item.id, "refused")
    release(plan.plan_id)
    services.record_response(item.id, "refused", "not now")
    services.record_response(item.id, "refused", "not now")
    with pytest.raises(Conflict):
        services.record_response(item.id, "bought")
    with pytest.raises(InvalidInput):
        services.record_response(item.id, "perhaps")
    set_business_date(DAY + timedelta(days=60))
    assert {w.reason for w in queries.next_best_action(party).resting} == {"product_window"}


OFFERS = st.lists(
    st.tuples(
        st.sampled_from([SWEEP, LOAN]),
        st.sampled_from(["direct", "retail", "lending"]),
        st.lists(st.sampled_from(["idle_balance", "growing"]), min_size=1, unique=True),
        st.lists(st.sampled_from(CHANNELS), min_size=1, unique=True),
        st.integers(1, 200_000),
    ),
    max_size=4,
)
PEOPLE = st.lists(
    st.tuples(
        st.lists(st.sampled_from(["idle_balance", "growing"]), unique=True),
        st.lists(st.sampled_from(CHANNELS), unique=True),
        st.lists(
            st.tuples(
                st.integers(0, 95),
                st.sampled_from([SWEEP, LOAN]),
                st.sampled_from(CHANNELS),
                st.sampled_from(["", "refused", "interested"]),
            ),
            max_size=6,
            unique_by=lambda c: c[0],
        ),
        st.sampled_from([0, 1_000, 6_000_000]),
    ),
    max_size=6,
)


class AnyBank(TestCase):
    @settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
    @given(OFFERS, PEOPLE, st.tuples(*[st.integers(0, 3)] * 3))
    def test_no_plan_breaks_the_policy(self, offers, people, capacities):
        set_business_date(DAY)
        only_offers(*((f"o{i}", *offer) for i, offer in enumerate(offers)))
        for channel, capacity in zip(CHANNELS, capacities, strict=True):
            parameter("outreach.capacity", capacity, channel)
        consents, past = {}, {}
        for segments, channels, contacts, balance_minor in people:
            party = customer(
                *segments, consents=tuple(channels), average_balance_90d_minor=balance_minor
            )
            consents[party], past[party] = set(channels), []
            for days, product, channel, response in contacts:
                contacted(party, days, product, channel, response)
                past[party].append(Past(DAY - timedelta(days=days), product, channel, response))

        report = services.plan_day(DAY)
        items = queries.plan_items(DAY, limit=500)

        assert len({i.party_id for i in items}) == len(items) == report.planned
        assert report.candidates == report.planned + sum(report.blocked.values())
        used = Counter(i.channel for i in items)
        policy = policy_on(DAY)
        for channel, capacity in zip(CHANNELS, capacities, strict=True):
            assert used[channel] <= capacity
        for item in items:
            assert item.channel in consents[item.party_id]
            assert item.expected_minor > 0
            assert not refusal(
                policy,
                past[item.party_id],
                on=DAY,
                product_code=item.product_code,
                channel=item.channel,
            )
        release(report.plan_id)
        contacts = Counter(Contact.objects.filter(on=DAY).values_list("party_id", flat=True))
        assert all(count == 1 for count in contacts.values())
        assert Plan.objects.get(on=DAY).status == "released"
