"""Plan and claim ask one policy: whom the one leaves in peace, the other refuses for the same."""

from __future__ import annotations

import re
from datetime import date, timedelta
from importlib import resources
from pathlib import Path

import pytest
import yaml
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from tests.market.builders import account_of, assess
from tests.outreach.builders import DAY, contacted, customer, only_offers, parameter, release
from tests.outreach.policy_said_twice import Past, refusal

import liti
from liti.core.channels import CHANNELS, Channel
from liti.core.clock import set_business_date
from liti.core.errors import NotFound, Refused
from liti.market.models import ProductVersion
from liti.outreach import candidates, policy, queries, services
from liti.outreach.models import Contact
from liti.ui.labels import label_of

SWEEP, LOAN = "LTYEB1", "LTLOAN"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def monday(db):
    set_business_date(DAY)
    parameter("outreach.holdout_bp", 0)


def refused(party, product=SWEEP, channel="sms"):
    """The reason for which a claim is refused; nothing is written then."""
    before = Contact.objects.count()
    with pytest.raises(Refused) as refusal, transaction.atomic():
        services.claim_contact(party, product, channel=channel, department="retail")
    assert Contact.objects.count() == before
    return refusal.value.code.removeprefix("outreach.")


def test_the_control_group_is_not_claimed_either():
    parameter("outreach.holdout_bp", 10_000)
    child = customer("idle_balance", birth_date=date(2016, 5, 5))
    assert refused(child) == "held_out"
    assert refused(customer("idle_balance")) == "held_out"


def test_a_child_is_not_claimed():
    assert refused(customer("idle_balance", birth_date=date(2016, 5, 5))) == "under_age"


def test_who_did_not_consent_is_not_claimed():
    assert refused(customer(consents=("push",))) == "no_consent"


def test_who_holds_the_product_is_not_claimed_for_it():
    party = customer()
    assess(party)
    account = account_of(party, 1_000)
    services.market.place_order(party, SWEEP, account, 1_000, channel="mobile", key="k")
    assert refused(party) == "holds_product"
    assert services.claim_contact(party, LOAN, channel="sms", department="lending")


def test_above_the_customers_class_nothing_is_proposed():
    ProductVersion.objects.filter(product__code=SWEEP).update(risk_level=3)
    party = customer()
    assert refused(party) == "unsuitable"


def test_a_product_that_nobody_knows_is_not_proposed():
    party = customer()
    with pytest.raises(NotFound):
        services.claim_contact(party, "NOSUCH", channel="sms", department="retail")
    assert not Contact.objects.exists()


def test_what_changed_since_the_plan_counts_at_its_release():
    only_offers(("a", SWEEP, "direct", ["idle_balance"], ["push"], 5_000))
    party = customer("idle_balance")
    plan = services.plan_day(DAY)
    for days in (1, 3, 5):
        contacted(party, days, LOAN, "push")
    release(plan.plan_id)
    [item] = queries.plan_items(DAY)
    assert (item.status, item.note) == ("expired", "cap_7_days")
    assert not Contact.objects.filter(on=DAY).exists()


def test_who_is_reached_is_asked_once_and_nobody_is_counted():
    customer("idle_balance")
    offers = candidates.offers_on(DAY)
    with CaptureQueriesContext(connection) as asked:
        assert len(candidates.reached_ids(offers)) == 1
    assert len(asked) == 1
    assert "count(" not in asked[0]["sql"].lower()


CONTACTS = st.lists(
    st.tuples(
        st.integers(0, 95),
        st.sampled_from([SWEEP, LOAN]),
        st.sampled_from(CHANNELS),
        st.sampled_from(["", "refused", "interested"]),
    ),
    max_size=7,
    unique_by=lambda c: c[0],
)


class AnyHistory(TestCase):
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        past=CONTACTS,
        consents=st.lists(st.sampled_from(CHANNELS), unique=True),
        caps=st.tuples(*[st.integers(0, 4)] * 3),
        child=st.booleans(),
        holdout_bp=st.sampled_from([0, 0, 5_000]),
        risk=st.sampled_from([1, 3]),
        assessed=st.booleans(),
    )
    def test_plan_and_claim_agree(self, past, consents, caps, child, holdout_bp, risk, assessed):
        set_business_date(DAY)
        only_offers(
            *(
                (product, product, "direct", ["idle_balance"], list(CHANNELS), 10**9)
                for product in (SWEEP, LOAN)
            )
        )
        parameter("outreach.cap.per_7_days", caps[0])
        parameter("outreach.cap.per_30_days", caps[1])
        parameter("outreach.cap.channel_per_7_days", caps[2], "sms")
        parameter("outreach.holdout_bp", holdout_bp)
        ProductVersion.objects.filter(product__code=SWEEP).update(risk_level=risk)
        party = customer(
            "idle_balance",
            consents=tuple(consents),
            birth_date=date(2016, 5, 5) if child else date(1985, 5, 5),
        )
        if assessed and not child:
            assess(party)
        for days, product, channel, response in past:
            contacted(party, days, product, channel, response)
        history = [
            Past(DAY - timedelta(days=days), product, channel, response)
            for days, product, channel, response in past
        ]

        planned = {
            (row["product_code"], row["channel"]): row["blocked"] or ""
            for row in candidates.rows_of(party, DAY, candidates.offers_on(DAY))
        }

        assert len(planned) == 6
        for (product, channel), reason in planned.items():
            assert policy.refusal(party, product, channel, DAY) == reason
            said_twice = refusal(
                policy.policy_on(DAY), history, on=DAY, product_code=product, channel=channel
            )
            if reason in ("", "cap_day", "product_window") or reason.startswith("cap_"):
                assert reason == said_twice
        (product, channel), reason = next(iter(planned.items()))
        if reason:
            assert refused(party, product, channel) == reason
        else:
            services.claim_contact(party, product, channel=channel, department="retail")
            assert refused(party, product, channel) == "cap_day"


def test_each_channel_has_its_cap_capacity_lift_cost_and_word():
    found = policy.policy_on(DAY)
    for by_channel in (found.channel_per_7_days, found.capacity, found.lift_bp, found.cost_minor):
        assert tuple(by_channel) == CHANNELS
    assert all(label_of(channel) == Channel(channel).label for channel in CHANNELS)


def test_departments_files_speak_of_known_channels_only():
    folder = resources.files("liti.parties") / "mappings"
    said = {
        consent["channel"]
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
        for consent in yaml.safe_load(file.read_text("utf-8")).get("consents", [])
    }
    assert said
    assert said <= {*CHANNELS, "any", "email"}


def test_nobody_but_the_policy_counts_contacts():
    """Caps, rests and the ledger of contacts are read for a decision in one file."""
    sources = {p: p.read_text("utf-8") for p in Path(liti.__file__).parent.rglob("*.py")}
    code = {p.name: s for p, s in sources.items() if "migrations" not in p.parts}
    reading = re.compile(r"(?:FROM|JOIN)\s+outreach_contact\b")
    caps = re.compile(r"outreach\.(?:cap|window)\.|cap_7_days|cap_30_days|product_window")
    counting = re.compile(r"Contact\.objects[\s\S]{0,200}?\.(?:count|aggregate|annotate)\(")
    assert [name for name, s in code.items() if reading.search(s)] == ["policy.py"]
    named = [p for p, s in sources.items() if caps.search(s) and "migrations" not in p.parts]
    words = {"policy.py", "models.py", "labels.py", "services.py"}
    assert {p.name for p in named} <= words
    assert not [p for p, s in sources.items() if counting.search(s)]
    asking = [p.stem for p in (Path(liti.__file__).parent / "outreach").glob("*.py")
              if "refused_sql(" in sources[p] or "refusal(" in sources[p]]  # fmt: skip
    assert sorted(asking) == ["candidates", "planning", "policy", "services"]
