"""A new colleague and one who comes back: two people decide, he sets his own password."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from django.db import connection
from django.test import Client
from psycopg import sql
from tests.console.builders import as_role, go, text_of
from tests.core.test_staff import TODAY, as_, member

from liti.core import approvals, joining, staff
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound, Refused
from liti.core.models import Approval, User

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-first-one-26"


@pytest.fixture
def people(db):
    return (
        member("head", "operation_head"),
        member("risk", "risk_officer"),
        member("eng", "engineer"),
    )


def joined(eng: User, risk: User) -> User:
    with as_(eng):
        made = joining.propose_joining("li.na", "李娜", "service_desk", "direct", TODAY, "SD7")
    with as_(risk):
        approvals.decide(made, True)
    return User.objects.get(username="li.na")


def test_a_new_colleague_is_there_once_another_decides_and_sets_his_own_password(people):
    _head, risk, eng = people
    with as_(eng):
        made = joining.propose_joining("li.na", "李娜", "service_desk", "direct", TODAY, "SD7")
        with pytest.raises(Forbidden):
            approvals.decide(made, True)
    assert not User.objects.filter(username="li.na").exists()
    with as_(risk):
        approvals.decide(made, True)
        invitation = joining.invite("li.na")
    user = User.objects.get(username="li.na")
    assert (user.first_name, user.staff_code, user.has_usable_password()) == ("李娜", "SD7", False)
    assert staff.actor_of(user).roles == {"service_desk"}

    browser = Client()
    form = browser.get(invitation.path, follow=True)
    sent = form.request["PATH_INFO"]
    browser.post(sent, {"password1": PASSWORD, "password2": PASSWORD})

    assert User.objects.get(username="li.na").check_password(PASSWORD)
    again = "another-long-one-26"
    late = Client()
    there = late.get(invitation.path, follow=True).request["PATH_INFO"]
    late.post(there, {"password1": again, "password2": again})
    assert User.objects.get(username="li.na").check_password(PASSWORD)
    with as_(risk), pytest.raises(Conflict):
        joining.invite("li.na")


def test_who_proposed_him_gets_no_invitation_and_a_later_one_voids_the_earlier(people):
    head, risk, _eng = people
    user = joined(head, risk)
    with as_(head), pytest.raises(Refused) as refused:
        joining.invite("li.na")
    assert refused.value.code == "core.staff.own_invitation"
    with as_(risk):
        first, second = joining.invite("li.na"), joining.invite("li.na")
    browser = Client()
    there = browser.get(first.path, follow=True).request["PATH_INFO"]
    browser.post(there, {"password1": PASSWORD, "password2": PASSWORD})
    assert not User.objects.get(id=user.id).has_usable_password()
    assert first.path != second.path


def test_a_name_or_code_that_is_taken_and_a_name_that_trails_cannot_hold_are_refused(people):
    _head, risk, eng = people
    joined(eng, risk)
    before = Approval.objects.count()
    with as_(eng):
        with pytest.raises(Conflict):
            joining.propose_joining("li.na", "李娜", "auditor", "direct", TODAY)
        with pytest.raises(Conflict):
            joining.propose_joining("other", "王", "auditor", "direct", TODAY, "SD7")
        with pytest.raises(InvalidInput):
            joining.propose_joining("x for y", "王", "auditor", "direct", TODAY)
        with pytest.raises(NotFound):
            joining.propose_return("li.na", "auditor", "direct", TODAY)
    assert Approval.objects.count() == before


def test_a_leaver_comes_back_with_a_role_but_not_with_his_old_means(people):
    head, risk, eng = people
    user = joined(eng, risk)
    user.set_password(PASSWORD)
    user.save()
    Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
    with as_(head):
        staff.leave("li.na")
        made = joining.propose_return("li.na", "auditor", "direct", TODAY)
    with as_(risk):
        approvals.decide(made, True)
    back = User.objects.get(id=user.id)
    assert back.is_active
    assert not back.has_usable_password()
    assert not Authenticator.objects.filter(user=back).exists()
    assert staff.actor_of(back).roles == {"auditor"}


def test_the_staff_page_proposes_decides_and_shows_the_invitation_once(db):
    head, risk = as_role("operation_head"), as_role("risk_officer")
    go(
        head,
        "/do/propose-joining/",
        username="li.na",
        full_name="李娜",
        role="service_desk",
        department="direct",
        valid_from=TODAY.isoformat(),
    )
    made = Approval.objects.get(kind=joining.JOINING)
    risk.post(f"/approvals/{made.id}/", {"decision": "approve"})
    assert "invite-staff" in risk.get("/list/staff/li.na/").content.decode()

    _confirm, shown = go(risk, "/do/invite-staff/on/li.na/")

    assert "/auth/password/reset/key/" in text_of(shown)


def test_neither_the_invitation_nor_a_password_is_kept_in_any_trail(people, caplog):
    _head, risk, eng = people
    joined(eng, risk)
    with as_(risk), caplog.at_level("DEBUG"):
        invitation = joining.invite("li.na")
        browser = Client()
        there = browser.get(invitation.path, follow=True).request["PATH_INFO"]
        browser.post(there, {"password1": PASSWORD, "password2": PASSWORD})
    kept = User.objects.get(username="li.na").password
    token = invitation.path.rstrip("/").rpartition("/")[2].partition("-")[2]

    assert tables_with(kept) == ["core_user"]
    assert tables_with(PASSWORD) == []
    assert tables_with(token) == []
    assert PASSWORD not in caplog.text
    assert kept not in caplog.text


def tables_with(text: str) -> list[str]:
    """All tables of the house of which some row holds the text."""
    found = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            asked = sql.SQL("SELECT 1 FROM {} t WHERE strpos(t::text, %s) > 0 LIMIT 1")
            cursor.execute(asked.format(sql.Identifier(table)).as_string(), [text])
            if cursor.fetchone():
                found.append(table)
    return found
