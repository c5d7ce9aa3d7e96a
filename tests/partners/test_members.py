"""Members come in once, bad rows with a reason, and leave only figures behind."""

from __future__ import annotations

import pytest
from tests.market.builders import person
from tests.partners.builders import confirm, live_partner, members, row

from liti.core import approvals
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused
from liti.core.ids import uuid7
from liti.core.models import Approval
from liti.partners import queries, services
from liti.partners.models import Partner

pytestmark = pytest.mark.django_db


def test_a_batch_is_taken_once_per_key():
    partner = live_partner()
    rows = [row(1), row(2)]
    first = services.onboard_members(partner, rows, key="batch-1")
    again = services.onboard_members(partner, rows, key="batch-1")

    assert (first.accepted, first.replayed) == (2, False)
    assert (again.id, again.accepted, again.replayed) == (first.id, 2, True)
    assert queries.partner(partner).members == 0
    assert len(queries.batches(partner)) == 1


def test_a_key_used_for_other_members_is_a_conflict():
    partner = live_partner()
    services.onboard_members(partner, [row(1)], key="batch-1")
    with pytest.raises(Conflict) as refusal:
        services.onboard_members(partner, [row(2)], key="batch-1")
    assert refusal.value.code == "partners.batch_key_reused"
    assert [e.member_no for e in queries.enrolments(partner)] == ["A-1"]


def test_bad_rows_come_back_with_field_and_reason_and_good_ones_stay():
    rows = [row(1), row(2, name=""), row(3, id_number="123"), row(4, email="a\0b"), row(5)]
    report = services.onboard_members(live_partner(), rows, key="batch-1")
    assert report.accepted == 2
    assert [(p.row, p.field) for p in report.problems] == [
        (2, "name"),
        (3, "id_number"),
        (4, "email"),
    ]
    assert all(p.message for p in report.problems)


def test_one_person_of_two_partners_is_one_customer():
    one, other = live_partner("one"), live_partner("other")
    [party] = members(one, 1)
    services.onboard_members(other, [row(1, member_no="B-9")], key="batch-1")
    confirm(other, party)
    assert queries.member(one, "A-1") == queries.member(other, "B-9") == party
    assert queries.partners_of_party(party) == ["one", "other"]


def test_another_partners_member_is_not_found():
    one, other = live_partner("one"), live_partner("other")
    members(one, 1)
    with pytest.raises(NotFound):
        queries.member(other, "A-1")


def test_a_partner_that_is_not_live_brings_nobody_in():
    partner = live_partner()
    services.move_partner(partner, "suspended")
    with pytest.raises(Conflict):
        services.onboard_members(partner, [row(1)], key="batch-1")


def test_a_batch_has_an_end():
    with pytest.raises(InvalidInput):
        services.onboard_members(live_partner(), [{}] * (services.BATCH_MAX + 1), key="batch-1")


def test_a_partner_is_registered_and_moved_by_two_people_and_stopped_by_one():
    head, other = (
        Actor("staff", name, uuid7(), roles=frozenset({"operation_head"})) for name in "ab"
    )
    with acting(head):
        for alone in (
            lambda: services.register_partner(services.NewPartner("x", "甲", "A", "retail")),
            lambda: services.go_live(uuid7()),
            lambda: services.move_partner(uuid7(), "live"),
        ):
            with pytest.raises(Forbidden):
                alone()
        made = services.propose_partner("acme", "甲公司", "Acme", "payroll")
        with pytest.raises(Refused):
            approvals.decide(made, True)
    assert not Partner.objects.exists()
    with acting(other):
        approvals.decide(made, True)
    partner = Partner.objects.get(code="acme")
    with acting(head):
        with pytest.raises(Conflict):
            services.propose_partner_status(partner.id, "suspended")
        going = services.propose_partner_status(partner.id, "live")
    assert Partner.objects.get(code="acme").status == "applied"
    with acting(other):
        approvals.decide(going, True)
        assert Partner.objects.get(code="acme").status == "live"
        services.suspend_partner(partner.id)
    assert Partner.objects.get(code="acme").status == "suspended"


def test_what_can_be_no_partner_is_refused_by_field():
    good = {"code": "acme", "name_zh": "甲", "name_en": "A", "scene": "payroll"}
    bad = {"code": "a b", "name_zh": " ", "name_en": "x" * 81, "scene": "", "party_id": person()}
    maker = Actor("staff", "a", uuid7(), roles=frozenset({"product_manager"}))
    with acting(maker):
        for name, value in bad.items():
            with pytest.raises(InvalidInput) as refused:
                services.propose_partner(**good | {name: value})
            assert refused.value.data["field"] == name
        with pytest.raises(NotFound):
            services.propose_partner(**good, paradigm="none")
    assert not Approval.objects.exists()
