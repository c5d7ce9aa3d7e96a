"""A partner's request waits for the person himself; no answer tells who is on file."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.console.builders import signed_in
from tests.market.builders import account_of
from tests.partners.builders import confirm, customer, live_partner, members, row

from liti.core.clock import now
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, NotFound
from liti.core.ids import uuid7
from liti.core.models import User
from liti.parties import queries as parties
from liti.parties.models import Party, SourceRecord
from liti.partners import enrolment, queries, services
from liti.partners.models import Enrolment, Member

pytestmark = pytest.mark.django_db


def state(partner):
    return [(e.member_no, e.status) for e in queries.enrolments(partner)]


def him(party):
    return Actor("customer", "him", uuid7(), party_id=party)


def test_nothing_of_a_person_is_written_before_he_confirms_nor_after():
    victim, partner = customer(31), live_partner()
    golden = Party.objects.filter(id=victim).values().get()
    records = SourceRecord.objects.count()
    forged = row(31, mobile="13999999999", email="mine@partner.cn")

    report = services.onboard_members(partner, [forged, row(32)], key="batch-1")

    assert (report.accepted, report.problems) == (2, ())
    assert queries.partner(partner).members == 0
    assert parties.search(row(32)["id_number"]) == []  # nobody became a customer
    with acting(him(victim)):
        [waiting] = queries.enrolments_waiting(victim)
        assert (waiting.partner_id, waiting.member_no) == (partner, "A-31")
        services.confirm_enrolment(victim, waiting.id)
    assert queries.member(partner, "A-31") == victim
    assert Party.objects.filter(id=victim).values().get() == golden
    assert SourceRecord.objects.count() == records
    kept = repr(list(Enrolment.objects.values()))
    for value in forged.values():
        assert value in ("A-31",) or value not in kept


def test_the_answer_and_the_work_are_the_same_whoever_is_on_file():
    customer(1)
    one, other = live_partner("one"), live_partner("other")
    answers, statements = [], []
    for partner, rows in (
        (one, [row(1, member_no="X")]),  # on file
        (other, [row(2, member_no="X")]),  # nobody's
    ):
        with CaptureQueriesContext(
            connection,
        ) as ran:
            report = services.onboard_members(partner, rows, key="batch-1")
        answers.append((report.rows, report.accepted, report.problems, report.replayed))
        statements.append([re.sub(r"_x\d+", "", q["sql"].partition("'")[0]) for q in ran])
    assert answers == [(1, 1, (), False)] * 2
    assert statements[0] == statements[1]


@pytest.mark.parametrize("name", ["张三", "李娜"])
def test_another_name_for_a_number_on_file_is_no_oracle(name):
    customer(1)
    partner = live_partner()
    rows = [row(1, name=name), row(2, name=name)]
    assert services.onboard_members(partner, rows, key="batch-1").problems == ()
    assert state(partner) == [("A-2", "waiting"), ("A-1", "waiting")]


def test_a_request_waits_for_the_person_of_that_name_and_number_only():
    right, partner = customer(1), live_partner()
    services.onboard_members(partner, [row(1, name="王芳"), row(2)], key="batch-1")
    assert queries.enrolments_waiting(right) == []
    stranger = customer(3)
    [request] = Enrolment.objects.filter(member_no="A-2")
    with pytest.raises(NotFound):
        services.confirm_enrolment(stranger, request.id)
    later = customer(2)  # who was nobody's customer when the partner asked
    assert [e.id for e in queries.enrolments_waiting(later)] == [request.id]
    assert not Member.objects.exists()


def test_only_the_customer_himself_answers():
    victim, partner = customer(1), live_partner()
    services.onboard_members(partner, [row(1)], key="batch-1")
    [request] = queries.enrolments_waiting(victim)
    client = Actor("client", "cloud", partner_id=partner, scopes=frozenset({"members:write"}))
    desk = Actor("staff", "desk", uuid7(), frozenset({"service_desk", "operation_head"}))
    for actor in (client, desk, him(uuid7())):
        for act in (services.confirm_enrolment, services.decline_enrolment):
            with acting(actor), pytest.raises(Forbidden):
                act(victim, request.id)
    assert state(partner) == [("A-1", "waiting")]


def test_a_declined_request_looks_like_one_that_nobody_has_seen(monkeypatch):
    victim, partner = customer(1), live_partner()
    services.onboard_members(partner, [row(1), row(2)], key="batch-1")
    [request] = queries.enrolments_waiting(victim)
    services.decline_enrolment(victim, request.id)
    assert state(partner) == [("A-2", "waiting"), ("A-1", "waiting")]

    # Asked again, it waits for the partner's eyes only: he is left in peace.
    services.onboard_members(partner, [row(1, member_no="B-1")], key="batch-2")
    assert queries.enrolments_waiting(victim) == []
    assert state(partner)[0] == ("B-1", "waiting")

    later = now() + timedelta(days=31)
    monkeypatch.setattr(enrolment, "now", lambda: later)
    assert {status for _number, status in state(partner)} == {"expired"}
    with pytest.raises(NotFound):
        services.confirm_enrolment(victim, request.id)


def test_who_leaves_is_no_member_and_his_mandate_ends_with_it():
    partner = live_partner()
    [party] = members(partner, 1)
    services.grant_mandate(party, partner)
    with acting(him(party)):
        services.leave_partner(party, partner)
    assert state(partner) == [("A-1", "left")]
    assert queries.mandates_of(party) == []
    with pytest.raises(NotFound):
        services.order_for_member(partner, "A-1", "LTYEB1", 100, key="key-00001")


def test_a_withdrawn_mandate_stops_an_order_that_is_just_being_placed():
    partner = live_partner()
    [party] = members(partner, 1)
    account_of(party, 100_000)
    with pytest.raises(NotFound) as refused:  # past the door, as in a race with the withdrawal
        services.order_for_member(partner, "A-1", "LTYEB1", 100, key="key-00001")
    assert refused.value.code == "partners.unknown_member"


def test_in_the_app_he_confirms_with_his_password_again_and_declines_without(client):
    party, partner = customer(1), live_partner()
    services.onboard_members(partner, [row(1)], key="batch-1")
    [request] = queries.enrolments_waiting(party)
    user = User.objects.create_user("him", password="a long one", kind="customer", party_id=party)
    app = signed_in(user)
    page = app.get("/m/me/mandates/").content.decode()
    assert "A-1" in page
    address = f"/m/me/enrolments/{request.id}/"

    asked = app.post(address, {"granted": "on"})
    assert asked["Location"].startswith("/auth/reauthenticate/")
    assert state(partner) == [("A-1", "waiting")]
    done = app.post(asked["Location"], {"password": "a long one"})
    assert done.status_code == 302
    assert state(partner) == [("A-1", "confirmed")]

    other = live_partner("other")
    services.onboard_members(other, [row(1)], key="batch-1")
    [request] = queries.enrolments_waiting(party)
    another = signed_in(user)
    assert another.post(f"/m/me/enrolments/{request.id}/", {})["Location"] == "/m/me/mandates/"
    assert queries.enrolments_waiting(party) == []
    confirm(other, party)
    assert state(other) == [("A-1", "waiting")]
