"""The caps over many days, in whatever order plans, claims, withdrawals and merges come."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.market.builders import assess
from tests.outreach.builders import DAY, customer, only_offers, parameter, release, withdraw

from liti.core.channels import CHANNELS
from liti.core.clock import set_business_date
from liti.core.delivery import deliver_pending
from liti.core.errors import Refused
from liti.outreach import queries, services
from liti.outreach.models import Contact, PlanItem
from liti.outreach.policy import policy_on
from liti.parties import merging
from liti.parties import queries as parties
from liti.parties.services import NewConsent, grant_consents

SWEEP, LOAN = "LTYEB1", "LTLOAN"
pytestmark = pytest.mark.django_db
DAYS = st.integers(0, 9)
PERSON = st.integers(0, 1)
PRODUCT = st.sampled_from([SWEEP, LOAN])
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("plan"), DAYS),
        st.tuples(st.just("plan"), DAYS),
        st.tuples(st.just("send"), DAYS),
        st.tuples(
            st.just("claim"),
            DAYS,
            PERSON,
            st.sampled_from([SWEEP, LOAN]),
            st.sampled_from(CHANNELS),
        ),
        st.tuples(st.just("withdraw"), PERSON, st.sampled_from([*CHANNELS, "any"])),
        st.tuples(st.just("give"), PERSON, st.sampled_from([*CHANNELS, "any"])),
        st.tuples(st.just("refuse"), PERSON),
        st.tuples(st.just("merge")),
    ),
    min_size=4,
    max_size=16,
)
EVERY_DAY = [("plan", n) for n in range(7)]
BACKWARDS = [("plan", n) for n in range(6, -1, -1)] + [("send", n) for n in range(7)]


def at_ten(day: date) -> datetime:
    return datetime.combine(day, time(2), UTC)


class Bank:
    """Two customers, three channels, ten days; what it must never have done."""

    def __init__(self) -> None:
        set_business_date(DAY)
        parameter("outreach.holdout_bp", 0)
        parameter("outreach.window.no_reply_days", 2)
        parameter("outreach.window.refused_days", 4)
        only_offers(
            *(
                (f"{product}-{channel}", product, "direct", ["idle_balance"], [channel], 10**9)
                for product in (SWEEP, LOAN)
                for channel in CHANNELS
            )
        )
        self.people = [customer("idle_balance") for _n in range(2)]
        for party in self.people:
            assess(party)
        self.policy = policy_on(DAY)

    def of(self, person: int):
        return parties.resolve([self.people[person]])[self.people[person]]

    def do(self, step: tuple) -> None:
        before = {c.id: c for c in Contact.objects.all()}
        sent_before = set(PlanItem.objects.filter(status="sent").values_list("id", flat=True))
        refused = False
        try:
            with transaction.atomic():
                getattr(self, step[0])(*step[1:])
        except Refused:
            refused = True
        now = set(Contact.objects.values_list("id", flat=True))
        assert not refused or now == set(before)
        self.hold_to_the_policy([c for c in Contact.objects.all() if c.id not in before])
        self.nobody_was_sent_what_he_refused(sent_before)

    def plan(self, day: int) -> None:
        on = DAY + timedelta(days=day)
        set_business_date(on)
        report = services.plan_day(on)
        if report.status == "drafted":
            release(report.plan_id)

    def send(self, day: int) -> None:
        set_business_date(DAY + timedelta(days=day))
        services.send_due(DAY + timedelta(days=day), at=at_ten(DAY))

    def claim(self, day: int, person: int, product: str, channel: str) -> None:
        set_business_date(DAY + timedelta(days=day))
        services.claim_contact(self.people[person], product, channel=channel, department="retail")

    def withdraw(self, person: int, channel: str) -> None:
        withdraw(self.people[person], channel)

    def give(self, person: int, channel: str) -> None:
        count = Contact.objects.count()
        evidence = f"give:{count}:{datetime.now(UTC).isoformat()}"
        grant_consents([NewConsent(self.people[person], "marketing", channel, True, evidence)])

    def refuse(self, person: int) -> None:
        rows = PlanItem.objects.filter(party_id=self.of(person), status__in=["planned", "sent"])
        item = rows.filter(plan__status="released").order_by("id").first()
        if item:
            services.record_response(item.id, "refused")

    def merge(self) -> None:
        if self.of(0) == self.of(1):
            return
        merging.merge({self.people[1]: self.people[0]}, origin="steward", reason="one")

    def hold_to_the_policy(self, made: list[Contact]) -> None:
        """What this step has added breaks no cap together with all that there is."""
        living = parties.resolve({c.party_id for c in Contact.objects.all()})
        for new in made:
            mine = [c for c in Contact.objects.all() if living[c.party_id] == living[new.party_id]]
            assert Counter(c.on for c in mine)[new.on] == 1
            for ends in (new.on + timedelta(days=n) for n in range(30)):
                week = [c for c in mine if ends - timedelta(days=7) < c.on <= ends]
                month = [c for c in mine if ends - timedelta(days=30) < c.on <= ends]
                if new in week:
                    assert len(week) <= self.policy.per_7_days
                    on_channel = sum(c.channel == new.channel for c in week)
                    assert on_channel <= self.policy.channel_per_7_days[new.channel]
                if new in month:
                    assert len(month) <= self.policy.per_30_days
            for other in mine:
                if other.product_code == new.product_code and other != new:
                    first, then = sorted((other, new), key=lambda c: c.on)
                    rest = 4 if first.response == "refused" else 2
                    assert (then.on - first.on).days >= rest

    def nobody_was_sent_what_he_refused(self, sent_before: set) -> None:
        sent = PlanItem.objects.filter(status="sent").exclude(id__in=sent_before)
        for item in sent:
            allowed = parties.consented(
                [item.party_id], purpose="marketing", channel=item.channel, on=date(2100, 1, 1)
            )
            assert allowed
            assert Contact.objects.filter(plan_item_id=item.id).exists()


class AnyDays(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(STEPS)
    @example(EVERY_DAY)
    @example(BACKWARDS)
    @example([("plan", 5), ("plan", 3), ("claim", 4, 0, LOAN, "push"), ("plan", 1), ("plan", 0)])
    @example([("plan", 0), ("plan", 2), ("merge",), ("plan", 3), ("claim", 1, 0, LOAN, "push")])
    def test_no_order_of_steps_breaks_the_caps(self, steps):
        bank = Bank()
        for step in steps:
            bank.do(step)


def test_six_plans_in_six_days_reach_nobody_more_than_three_times():
    bank = Bank()
    for day in range(6):
        bank.plan(day)
        bank.send(day)
    contacts = Counter(Contact.objects.values_list("party_id", flat=True))
    assert contacts == dict.fromkeys(bank.people, 3)


def test_a_slot_of_tomorrow_counts_for_a_claim_of_today():
    bank = Bank()
    for day in (2, 4, 6):
        bank.plan(day)
    set_business_date(DAY)
    with pytest.raises(Refused) as refused, transaction.atomic():
        services.claim_contact(bank.people[0], LOAN, channel="push", department="retail")
    assert refused.value.code == "outreach.cap_7_days"


def test_the_histories_of_two_who_are_one_count_together():
    bank = Bank()
    for day, person in ((0, 0), (1, 1), (2, 0)):
        bank.claim(day, person, (SWEEP, LOAN)[day % 2], CHANNELS[day % 3])
    bank.merge()
    for party in bank.people:
        set_business_date(DAY + timedelta(days=5))
        with pytest.raises(Refused) as refused, transaction.atomic():
            services.claim_contact(party, LOAN, channel="push", department="retail")
        assert refused.value.code == "outreach.cap_7_days"


def test_who_refuses_a_product_by_name_hears_of_another():
    bank = Bank()
    party = bank.people[0]
    grant_consents([NewConsent(party, "marketing", "any", False, "t:1", product=LOAN)])
    with pytest.raises(Refused) as refused, transaction.atomic():
        services.claim_contact(party, LOAN, channel="push", department="retail")
    assert refused.value.code == "outreach.no_consent"
    services.plan_day(DAY)
    [item] = [i for i in queries.plan_items(DAY) if i.party_id == party]
    assert item.product_code == SWEEP
    assert services.claim_contact(party, SWEEP, channel="push", department="retail")


def test_a_withdrawal_takes_the_call_off_the_list_before_anything_is_sent():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["phone"], 10**9))
    set_business_date(DAY)
    parameter("outreach.holdout_bp", 0)
    party, other = customer("idle_balance"), customer("idle_balance")
    release(services.plan_day(DAY).plan_id)
    assert queries.next_best_action(party).action.item_id
    withdraw(party, "phone")
    assert queries.next_best_action(party).action is None
    deliver_pending()
    items = {i.party_id: (i.status, i.note) for i in queries.plan_items(DAY)}
    assert items == {party: ("expired", "no_consent"), other: ("planned", "")}
    assert not Contact.objects.filter(party_id=party).exists()
