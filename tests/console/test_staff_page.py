"""The page of posts: who holds what; a role is proposed, decided, ended; somebody leaves."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.console.builders import as_role, go, signed_in, text_of

from liti.core import staff
from liti.core.clock import local_date
from liti.core.models import Approval, StaffPost, User

pytestmark = pytest.mark.django_db
TODAY = local_date()


@pytest.fixture
def seller(db):
    user = User.objects.create_user("seller", password="x", kind="staff", staff_code="RM9")
    StaffPost.objects.create(
        user=user, role="relationship_manager", department="retail", valid_from=TODAY
    )
    return user


def test_a_role_is_proposed_on_the_members_page_and_given_by_another(seller):
    head = as_role("operation_head")
    _confirm, done = go(
        head,
        "/do/propose-post/on/seller/",
        role="service_desk",
        department="direct",
        valid_from=TODAY.isoformat(),
        valid_to=(TODAY + timedelta(7)).isoformat(),
    )
    made = Approval.objects.get(kind=staff.POST)
    assert done["Location"] == f"/approvals/{made.id}/"
    assert staff.actor_of(seller).roles == {"relationship_manager"}

    as_role("risk_officer").post(f"/approvals/{made.id}/", {"decision": "approve"})

    assert staff.actor_of(seller).roles == {"relationship_manager", "service_desk"}
    shown = text_of(head.get("/list/staff/seller/"))
    assert (TODAY + timedelta(7)).isoformat() in shown
    assert "seller" in text_of(head.get("/list/staff/"))


def test_who_leaves_is_signed_out_by_the_next_click_and_stays_in_the_history(seller):
    his, head = signed_in(seller), as_role("operation_head")
    assert his.get("/").status_code == 200

    _confirm, done = go(head, "/do/staff-leaves/on/seller/")

    assert done["Location"] == "/list/staff/seller/"
    assert his.get("/")["Location"].startswith("/auth/")
    assert "seller" not in text_of(head.get("/list/staff/"))
    assert "seller" in text_of(head.get("/list/staff/?shown=ended"))


def test_who_may_not_give_roles_is_not_offered_it(seller):
    desk = as_role("service_desk")
    assert "do-propose-post" not in desk.get("/list/staff/seller/").content.decode()
    assert desk.get("/do/propose-post/on/seller/").status_code == 403
    assert desk.post("/do/staff-leaves/on/seller/", {"step": "do"}).status_code == 403
    assert User.objects.get(username="seller").is_active
