"""Which value a customer's record shows, by whose rules, and what it said on any day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import transaction
from tests.console.builders import staff
from tests.parties.builders import known_party

from liti.core import approvals, params
from liti.core.clock import living_at, local_date, set_business_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.core.staff import actor_of
from liti.parties import golden, merging, queries, services, steps
from liti.parties.intake import upsert
from liti.parties.mapping import Standardised
from liti.parties.models import Party, SourceRecord, StatedValue
from liti.parties.rules.golden import Evidence, survive

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 23)
ORDER = {"": ["verified", "agreement", "trust", "completeness", "recency"]}


def said(source, trust, day, verified=(), **values):
    at = datetime(2026, 11, day, 10, tzinfo=UTC)
    return Evidence(source, source, source, trust, at, values, frozenset(verified))


@pytest.mark.parametrize(
    ("records", "value", "by"),
    [
        ([said("a", 1, 1, mobile="1"), said("b", 1, 1, mobile="1")], "1", "only"),
        ([said("a", 1, 1, ["mobile"], mobile="1"), said("b", 9, 9, mobile="222"),
          said("c", 9, 9, mobile="222")], "1", "verified"),
        ([said("a", 1, 1, mobile="1"), said("b", 1, 1, mobile="1"), said("c", 9, 9, mobile="2")],
         "1", "agreement"),
        ([said("a", 1, 9, mobile="111"), said("b", 2, 1, mobile="2")], "2", "trust"),
        ([said("a", 1, 9, mobile="1"), said("b", 1, 1, mobile="22")], "22", "completeness"),
        ([said("a", 1, 9, mobile="1"), said("b", 1, 1, mobile="2")], "1", "recency"),
        ([said("a", 1, 1, mobile="1"), said("b", 1, 1, mobile="2")], "2", "order"),
    ],
)  # fmt: skip
def test_the_first_criterion_that_tells_them_apart_decides(records, value, by):
    for given in (records, records[::-1]):
        values, provenance = survive(given, ORDER)
        assert values["mobile"] == value
        assert provenance["mobile"]["by"] == by
        assert provenance["mobile"]["of"] == len(records)


def test_each_attribute_has_its_own_order():
    records = [said("a", 9, 1, mobile="1", email="x@a"), said("b", 1, 9, mobile="2", email="y@b")]
    values, provenance = survive(records, {**ORDER, "mobile": ["recency", "trust"]})
    assert (values["mobile"], values["email"]) == ("2", "x@a")
    assert (provenance["mobile"]["by"], provenance["email"]["by"]) == ("recency", "trust")


def test_a_transcription_gives_way_and_an_id_number_proves_the_birth_date():
    born = date(1985, 5, 5)
    records = [
        said("a", 1, 1, name="王芳", birth_date=born, id_number="110101198505050115"),
        said("b", 9, 9, name="WANG FANG", birth_date=date(1990, 1, 1)),
        said("c", 9, 9, name="WANG FANG", birth_date=date(1990, 1, 1)),
    ]
    rules = {**ORDER, "name": ["verified", "spelled", "agreement"]}
    values, provenance = survive(records, rules)
    assert (values["name"], provenance["name"]["by"]) == ("王芳", "spelled")
    assert (values["birth_date"], provenance["birth_date"]["by"]) == (born, "verified")
    assert provenance["birth_date"]["verified"]
    assert not provenance["name"]["verified"]


def customer(**sources: str):
    """A party of whom each source delivers a mobile."""
    party = known_party()
    for source, mobile in sources.items():
        upsert(source, [Standardised(f"{source}1", values={"name": "王芳", "mobile": mobile})])
    SourceRecord.objects.all().update(party_id=party)
    golden.refresh([party])
    return party


def test_rules_are_dated_and_the_close_of_the_day_lets_them_hold():
    set_business_date(DAY)
    party = customer(retail="13800000001", cards="13900000002")
    assert Party.objects.get(id=party).mobile == "13800000001"  # retail is trusted more
    later = datetime(2026, 11, 24, 2, tzinfo=UTC)
    SourceRecord.objects.filter(source_id="cards").update(last_seen=later + timedelta(days=9))

    params.set_parameter(
        "parties.golden.order", ["recency"], DAY + timedelta(days=1), scope="mobile"
    )
    golden.refresh()
    assert Party.objects.get(id=party).mobile == "13800000001"
    set_business_date(DAY + timedelta(days=1))
    assert golden.changed_on(DAY + timedelta(days=1), DAY)
    assert not golden.changed_on(DAY, DAY - timedelta(days=3))
    golden.refresh()

    found = {v.attribute: v for v in queries.record_on(party).values}
    assert (found["mobile"].value, found["mobile"].by) == ("139****0002", "recency")
    assert [(o.source, o.value) for o in found["mobile"].others] == [("retail", "138****0001")]


def test_the_step_of_the_day_computes_only_when_the_rules_changed(monkeypatch):
    calls = []
    monkeypatch.setattr(golden, "refresh", lambda: calls.append(1) or 7)
    day = type("Day", (), {"on": DAY - timedelta(days=1)})
    monkeypatch.setattr(steps.days, "history", lambda _limit: [day])
    assert steps.golden_records(DAY, "").done == 0
    params.set_parameter("parties.golden.verified_by", ["cards"], DAY, scope="mobile")
    assert steps.golden_records(DAY, "").done == 7
    assert calls == [1]


def test_a_source_that_verifies_a_value_is_believed():
    party = customer(retail="13800000001", cards="13900000002")
    params.set_parameter("parties.golden.verified_by", ["cards"], date(2020, 1, 1), scope="mobile")
    golden.refresh([party])
    assert Party.objects.get(id=party).mobile == "13900000002"


def decided(approval_id, *, by="data_steward", approve=True):
    checker = staff(by)
    with acting(actor_of(checker)):
        approvals.decide(approval_id, approve=approve, reason="seen")


def proposed(party, value="13700000003", attribute="mobile"):
    with acting(actor_of(staff("service_desk"))):
        return services.propose_correction(party, attribute, value, "ID card seen")


def test_a_stated_value_counts_once_another_has_seen_the_paper():
    party = customer(retail="13800000001", cards="13800000001")
    waiting = proposed(party)
    assert Party.objects.get(id=party).mobile == "13800000001"
    assert "13700000003" not in str(approvals.approval(waiting))

    decided(waiting)

    found = {v.attribute: v for v in queries.record_on(party).values}["mobile"]
    assert (found.value, found.source, found.by, found.verified) == (
        "137****0003", "stated", "verified", True,
    )  # fmt: skip
    golden.refresh()
    assert Party.objects.get(id=party).mobile == "13700000003"
    decided(proposed(party, "13600000004"))
    assert Party.objects.get(id=party).mobile == "13600000004"
    with pytest.raises(Conflict):
        proposed(party, "13600000004")


def test_what_is_refused_never_counts():
    party = customer(retail="13800000001")
    decided(proposed(party), approve=False)
    golden.refresh()
    assert Party.objects.get(id=party).mobile == "13800000001"


@pytest.mark.parametrize(
    ("attribute", "value", "evidence", "code"),
    [
        ("id_number", "110101198505050115", "x", "parties.correction.attribute"),
        ("birth_date", "1985-05-05", "x", "parties.correction.attribute"),
        ("mobile", "12", "x", "parties.correction.value"),
        ("mobile", "13800138000", "x", "parties.correction.value"),
        ("email", "no mail", "x", "parties.correction.value"),
        ("name", "测试", "x", "parties.correction.value"),
        ("mobile", "13700000003", " ", "parties.correction.evidence"),
        ("name", "a\x00", "x", "core.text.unreadable"),
    ],
)
def test_what_is_no_value_is_refused_and_nothing_is_kept(attribute, value, evidence, code):
    party = customer(retail="13800000001")
    with acting(actor_of(staff("service_desk"))), pytest.raises(InvalidInput) as refused:
        services.propose_correction(party, attribute, value, evidence)
    assert refused.value.code == code
    assert not StatedValue.objects.exists()


def test_who_only_looks_on_corrects_nothing():
    party = customer(retail="13800000001")
    with acting(actor_of(staff("auditor"))), pytest.raises(Forbidden):
        services.propose_correction(party, "mobile", "13700000003", "x")


def test_the_record_of_any_day_is_what_it_said_then():
    days = [datetime(2026, 11, n, 3, tzinfo=UTC) for n in (2, 5, 9)]
    with living_at(days[0]):
        party = known_party()
        Party.objects.filter(id=party).update(created_on=local_date())
        upsert("retail", [Standardised("R1", values={"name": "王芳", "mobile": "13800000001"})])
        SourceRecord.objects.update(party_id=party)
        golden.refresh()
    versions(party, days)

    def mobile(day):
        return {v.attribute: v.value for v in queries.record_on(party, day).values}.get("mobile")

    assert [mobile(date(2026, 11, n)) for n in (2, 4, 5, 8, 9)] == [
        "138****0001", "138****0001", "137****0002", "137****0002", "136****0003",
    ]  # fmt: skip
    with pytest.raises(NotFound):
        queries.record_on(party, date(2026, 11, 1))
    with pytest.raises(InvalidInput):
        queries.record_on(party, local_date() + timedelta(days=1))
    told = [(c.before, c.after) for c in queries.changes_of(party) if c.attribute == "mobile"]
    assert told[:2] == [("137****0002", "136****0003"), ("138****0001", "137****0002")]


def versions(party, days):
    """Two later deliveries; the database's own clock is set back to their days."""
    model = Party.pgh_event_model
    first = model.objects.filter(pgh_obj_id=party)
    first.update(pgh_created_at=days[0])
    for day, mobile in ((days[1], "13700000002"), (days[2], "13600000003")):
        known = set(model.objects.values_list("pgh_id", flat=True))
        upsert("retail", [Standardised("R1", values={"name": "王芳", "mobile": mobile})])
        golden.refresh()
        model.objects.exclude(pgh_id__in=known).update(pgh_created_at=day)


def test_an_id_that_was_merged_has_its_own_record_before_and_the_heirs_after():
    one, other = customer(retail="13800000001"), known_party()
    Party.objects.filter(id=other).update(name="李雷", mobile="13700000009")
    with transaction.atomic():
        merge_id = merging.merge({other: one}, origin="steward", reason="same")[other]
    assert queries.record_on(other).party_id == one
    assert queries.record_on(other).merged_into == one
    before = queries.record_on(other, local_date() - timedelta(days=1))
    assert (before.party_id, before.merged_into) == (other, None)
    merging.unmerge(merge_id, "two")
    assert queries.record_on(other).party_id == other
    with pytest.raises(NotFound):
        queries.record_on(uuid7())


def test_a_customer_reads_his_own_record_and_nobody_elses():
    party, stranger = customer(retail="13800000001"), known_party()
    with acting(Actor(kind="customer", label="c", party_id=party)):
        assert queries.record_on(party).values
        with pytest.raises(Forbidden):
            queries.record_on(stranger)
