"""A batch of members as a set: the same work for a thousand as for ten, and the same answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.partners.builders import live_partner, row

from liti.core.models import Event
from liti.parties.models import Party, SourceRecord
from liti.parties.services import NewPerson, register_person
from liti.partners import queries, services
from liti.partners.models import Member

pytestmark = pytest.mark.django_db
STATEMENTS_MAX = 40


def statements(batch, key):
    with CaptureQueriesContext(connection) as counted:
        report = services.onboard_members(live_partner(), batch, key=key)
    assert report.accepted == len(batch)
    return len(counted)


def locks():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE pid = pg_backend_pid()")
        return cursor.fetchone()[0]


def test_a_hundred_members_take_no_more_statements_than_ten():
    statements([row(901)], "warm-up")
    few = statements([row(n) for n in range(1, 11)], "batch-1")
    many = statements([row(n) for n in range(11, 111)], "batch-2")
    assert many == few <= STATEMENTS_MAX


def test_a_member_more_is_one_lock_more():
    services.onboard_members(live_partner(), [row(n) for n in range(900, 910)], key="warm-up")
    before = locks()
    services.onboard_members(live_partner(), [row(n) for n in range(1, 101)], key="batch-1")
    first = locks() - before
    services.onboard_members(live_partner(), [row(n) for n in range(101, 301)], key="batch-2")
    # Each person's sign-up is alone for his number; what else is locked does not grow.
    assert locks() - before - first <= 200 + 20


def test_rows_of_one_person_are_one_customer_and_one_of_another_name_is_refused():
    partner = live_partner()
    rows = [row(1), row(1, member_no="A-2", mobile="13900000099"), row(1, name="王强"), row(3)]
    report = services.onboard_members(partner, rows, key="batch-1")

    assert report.accepted == 3
    [problem] = report.problems
    assert (problem.row, problem.member_no) == (3, "A-1")
    assert "another name" in problem.message
    assert queries.member(partner, "A-1") == queries.member(partner, "A-2")
    party = Party.objects.get(id=queries.member(partner, "A-1"))
    assert (party.name, party.mobile) == ("李娜", "13900000099")
    assert Party.objects.filter(id_number=row(1)["id_number"]).count() == 1
    told = Event.objects.filter(key=str(party.id), type="parties.person.registered").order_by("seq")
    assert [e.payload["new"] for e in told] == [True, False]


def test_a_member_number_said_twice_is_the_last_one_and_a_known_one_moves():
    partner = live_partner()
    services.onboard_members(partner, [row(1), row(2, member_no="A-1")], key="batch-1")
    assert Member.objects.filter(partner_id=partner).count() == 1
    second = Party.objects.get(id_number=row(2)["id_number"])
    assert queries.member(partner, "A-1") == second.id
    services.onboard_members(partner, [row(3, member_no="A-1")], key="batch-2")
    assert queries.member(partner, "A-1") != second.id


def test_a_known_customer_is_recognised():
    known = row(1)
    first = register_person(NewPerson(known["name"], known["id_number"], "13800000001"))
    partner = live_partner()
    services.onboard_members(partner, [known, row(3)], key="batch-1")
    assert queries.member(partner, "A-1") == first
    records = SourceRecord.objects.filter(party_id=first).values_list("source_id", flat=True)
    assert sorted(records) == ["direct", "partner"]


def test_a_batch_of_bad_rows_writes_nobody():
    before = Party.objects.count(), SourceRecord.objects.count()
    report = services.onboard_members(
        live_partner(), [row(1, id_number="123"), row(2, mobile="12")], key="batch-1"
    )
    assert (report.accepted, [p.field for p in report.problems]) == (0, ["id_number", "mobile"])
    assert (Party.objects.count(), SourceRecord.objects.count()) == before
