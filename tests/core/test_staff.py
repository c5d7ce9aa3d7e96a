"""Joining, standing in and leaving: by two others' word, by day, at once."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from tests.market.builders import person

from liti.core import approvals, staff
from liti.core.clock import local_date
from liti.core.context import acting
from liti.core.delivery import deliver_pending
from liti.core.errors import LitiError, Refused
from liti.core.models import Event, StaffPost, User
from liti.parties import queries as parties
from liti.parties import services as party_services

pytestmark = pytest.mark.django_db
TODAY = local_date()


def member(username: str, *roles: str, staff_code: str = "") -> User:
    user = User.objects.create_user(username, password="x", kind="staff", staff_code=staff_code)
    for role in roles:
        StaffPost.objects.create(user=user, role=role, department="direct", valid_from=TODAY)
    return user


def as_(user: User):
    return acting(staff.actor_of(User.objects.get(id=user.id)))


@pytest.fixture
def people(db):
    return member("head", "operation_head"), member("risk", "risk_officer"), member("new")


def test_a_role_is_given_by_two_others_and_holds_from_its_day(people):
    head, risk, new = people
    with as_(head):
        with pytest.raises(Refused):
            staff.propose_post("head", "risk_officer", "direct", TODAY)
        made = staff.propose_post("new", "service_desk", "direct", TODAY)
        with pytest.raises(LitiError):
            approvals.decide(made, True)
    assert staff.actor_of(new).roles == frozenset()
    with as_(risk):
        approvals.decide(made, True)
        later = staff.propose_post("new", "auditor", "direct", TODAY + timedelta(1))
    with as_(head):
        approvals.decide(later, True)
    assert staff.actor_of(new).roles == {"service_desk"}


def test_who_gets_a_role_does_not_decide_it(people):
    head, risk, _new = people
    with as_(head):
        made = staff.propose_post("risk", "operation_head", "direct", TODAY)
    with as_(risk), pytest.raises(LitiError):
        approvals.decide(made, True)
    assert staff.actor_of(risk).roles == {"risk_officer"}


def test_standing_in_needs_a_last_day_and_ends_with_it(people):
    head, risk, new = people
    with as_(head):
        with pytest.raises(LitiError):
            staff.propose_post("new", "risk_officer", "direct", TODAY, stands_in_for="risk")
        made = staff.propose_post(
            "new", "risk_officer", "direct", TODAY, TODAY + timedelta(7), "risk"
        )
    with as_(risk):
        approvals.decide(made, True)
    assert staff.actor_of(new).roles == {"risk_officer"}
    StaffPost.objects.filter(user=new).update(valid_to=TODAY)
    assert staff.actor_of(new).roles == frozenset()


def test_who_leaves_is_out_at_once_and_his_customers_go_to_the_pool(people, client):
    head, _risk, _new = people
    leaver = member("manager", "relationship_manager", staff_code="RM7")
    client.force_login(leaver, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/").status_code == 200
    served = person()
    party_services.assign_service(served, "lead_rm", "RM7", "retail", TODAY)

    with as_(head):
        staff.leave("manager")
    deliver_pending()

    assert client.get("/").status_code == 302
    assert [(s.role, s.staff_code) for s in parties.service_team(served)] == [("central_pool", "")]
    with pytest.raises(LitiError):
        staff.by_name("manager")


def test_the_last_of_a_deciding_role_stays_until_another_holds_it(people):
    head, risk, _new = people
    with as_(head), pytest.raises(Refused) as caught:
        staff.leave("risk")
    assert caught.value.code == "core.staff.last_of_role"
    assert staff.actor_of(risk).roles == {"risk_officer"}


def test_no_way_takes_the_last_of_a_deciding_role(people):
    head, _risk, _new = people
    StaffPost.objects.create(  # who stands in is gone one day, so he does not count
        user=User.objects.get(username="new"), role="risk_officer", department="direct",
        valid_from=TODAY, valid_to=TODAY + timedelta(7), stands_in_for=_risk,
    )  # fmt: skip
    with as_(head), pytest.raises(Refused) as caught:
        staff.end_post("risk", "risk_officer")
    assert caught.value.code == "core.staff.last_of_role"
    second = member("second", "risk_officer")

    with as_(head):
        staff.end_post("risk", "risk_officer")
        with pytest.raises(Refused):
            staff.leave("second")

    assert staff.actor_of(second).roles == {"risk_officer"}
    assert staff.actor_of(User.objects.get(username="risk")).roles == frozenset()


def test_nobody_ends_his_own_role_or_one_that_is_not_held(people):
    head, _risk, _new = people
    with as_(head):
        with pytest.raises(Refused):
            staff.end_post("head", "operation_head")
        with pytest.raises(LitiError) as caught:
            staff.end_post("new", "auditor")
    assert caught.value.code == "core.staff.no_post"
    assert staff.actor_of(head).roles == {"operation_head"}


def test_who_stands_in_is_named_with_whom_he_stands_in_for(people):
    head, risk, new = people
    StaffPost.objects.create(
        user=new, role="risk_officer", department="direct",
        valid_from=TODAY, valid_to=TODAY + timedelta(7), stands_in_for=risk,
    )  # fmt: skip
    member("other")
    with as_(new):
        made = staff.propose_post("other", "service_desk", "direct", TODAY)
    assert current_event("core.approval.proposed").actor == "new for risk"
    with as_(risk), pytest.raises(Refused) as caught:
        approvals.decide(made, True)
    assert caught.value.code == "core.approval.own_proposal"
    with as_(head):
        view = approvals.decide(made, True)
    assert (view.maker, view.checker) == ("new for risk", "head")


def test_who_stands_in_does_not_decide_what_the_colleague_proposed(people):
    head, risk, new = people
    StaffPost.objects.create(
        user=new, role="operation_head", department="direct",
        valid_from=TODAY, valid_to=TODAY + timedelta(7), stands_in_for=risk,
    )  # fmt: skip
    member("other")
    with as_(risk):
        made = staff.propose_post("other", "service_desk", "direct", TODAY)
    with as_(new):
        assert approvals.to_decide() == 0
        with pytest.raises(Refused):
            approvals.decide(made, True)
    with as_(head):
        assert approvals.to_decide() == 1


def test_groups_give_nothing_and_became_posts(db):
    group = Group.objects.create(name="auditor")
    user = User.objects.create_user("old", kind="staff", department="cards")
    user.groups.add(group)
    assert staff.actor_of(user).roles == frozenset()

    import_module("liti.core.migrations.0011_roles_from_posts").posts_from_groups(apps, None)

    actor = staff.actor_of(user)
    assert (actor.roles, actor.department) == ({"auditor"}, "cards")


def current_event(type: str) -> Event:
    return Event.objects.filter(type=type).latest("seq")


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [("王", "芳", "王芳"), ("", "王芳", "王芳"), ("Wang", "Fang", "Fang Wang"), ("", "", "")],
)
def test_a_member_of_the_staff_is_called_by_one_name_everywhere(family, given, name):
    user = member("new", "service_desk", staff_code="SD7")
    User.objects.filter(id=user.id).update(last_name=family, first_name=given)
    with as_(user):
        assert staff.names_of(["SD7"]) == ({"SD7": name} if name else {})
        assert [p.name for p in staff.people()] == [name or "new"]
    assert str(User.objects.get(id=user.id)) == (name or "new")
