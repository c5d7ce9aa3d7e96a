"""A batch of members as a set: the same work for a thousand as for ten, and the same answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.partners.builders import customer, live_partner, row

from liti.core.errors import Conflict
from liti.core.models import Event
from liti.parties.models import Party
from liti.parties.services import NewPerson, register_people
from liti.partners import queries, services
from liti.partners.models import Enrolment, Member

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
    # Nobody is looked up, so nobody is locked.
    assert first <= 20
    assert locks() - before - first <= 20


def person(number, **other):
    given = row(number, **other)
    return NewPerson(given["name"], given["id_number"], given["mobile"])


def test_rows_of_one_person_are_one_customer_and_one_of_another_name_is_refused():
    people = [person(1), person(1, mobile="13900000099"), person(1, name="王强"), person(3)]
    first, again, refused, other = register_people(people, "direct")

    assert isinstance(refused, Conflict)
    assert "another name" in refused.message
    assert first == again != other
    party = Party.objects.get(id=first)
    assert (party.name, party.mobile) == ("李娜", "13900000099")
    assert Party.objects.filter(id_number=row(1)["id_number"]).count() == 1
    told = Event.objects.filter(key=str(party.id), type="parties.person.registered").order_by("seq")
    assert [e.payload["new"] for e in told] == [True, False]


def test_a_member_number_said_twice_is_the_last_one():
    partner = live_partner()
    services.onboard_members(partner, [row(1), row(2, member_no="A-1")], key="batch-1")
    assert queries.enrolments_waiting(customer(1)) == []
    assert len(queries.enrolments_waiting(customer(2))) == 1
    services.onboard_members(partner, [row(3, member_no="A-1")], key="batch-2")
    assert queries.enrolments_waiting(customer(2)) == []
    assert len(queries.enrolments_waiting(customer(3))) == 1
    assert not Member.objects.exists()


def test_a_batch_of_bad_rows_asks_nobody():
    report = services.onboard_members(
        live_partner(), [row(1, id_number="123"), row(2, mobile="12")], key="batch-1"
    )
    assert (report.accepted, [p.field for p in report.problems]) == (0, ["id_number", "mobile"])
    assert not Enrolment.objects.exists()
