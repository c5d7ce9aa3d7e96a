"""All addresses × thirteen logins: no fault, and nobody is where he has no business."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from tests.console.test_console_pages import staff
from tests.market.builders import DAY, buyer
from tests.partners.builders import live_partner

from liti.console.resources import declared
from liti.core.clock import set_business_date
from liti.core.ids import uuid7
from liti.core.models import User
from liti.core.roles import STAFF_ROLES

pytestmark = pytest.mark.django_db
HOME, PORTAL = ("/m/", "/ui/", "/api/"), ("/portal/", "/ui/", "/api/")
OPEN = ("auth/", "language/", "o/", "static/")  # sign-in and what needs none


def addresses(patterns, before=""):
    """Every address that the site answers, with the names of its parts."""
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from addresses(entry.url_patterns, before + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield before + str(entry.pattern)


def filled(address, party, account):
    parts = {"party_id": party, "account_id": account}
    out = address.replace("^", "").replace("$", "").replace("\\Z", "")
    while "<" in out:
        start, end = out.index("<"), out.index(">")
        kind, _, name = out[start + 1 : end].rpartition(":")
        value = parts.get(name) or (uuid7() if kind in ("uuid", "") else "customers")
        out = f"{out[:start]}{value}{out[end + 1 :]}"
    return "/" + out


@pytest.fixture
def paths(db):
    set_business_date(DAY)
    party, account = buyer()
    found = {
        filled(a, party, account)
        for a in addresses(get_resolver().url_patterns)
        if not a.startswith(("admin/", *OPEN)) and "(?P" not in a
    }
    assert len(found) > 30
    return party, sorted(found)


def answers(user, paths):
    client = Client(raise_request_exception=False)
    if user:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return {path: client.get(path).status_code for path in paths}


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_a_member_of_the_staff_meets_no_fault_and_no_customers_page(paths, role):
    _party, found = paths
    statuses = answers(staff(role), found)
    assert {p: s for p, s in statuses.items() if s >= 500} == {}
    own = [p for p, s in statuses.items() if s == 200 and p.startswith(("/m/", "/portal/"))]
    assert own == []


@pytest.mark.parametrize("role", STAFF_ROLES)
def test_each_list_opens_for_the_roles_that_it_declares(db, role):
    set_business_date(DAY)
    entries = [e for e in declared() if hasattr(e, "fetch")]
    statuses = answers(staff(role), [f"/list/{e.name}/" for e in entries])
    wrong = {
        e.name: statuses[f"/list/{e.name}/"]
        for e in entries
        if statuses[f"/list/{e.name}/"] != (200 if role in e.roles else 403)
    }
    assert wrong == {}, "the page's roles and the face's declaration differ"


def test_a_customer_stays_at_home(paths):
    party, found = paths
    user = User.objects.create(username="c", kind="customer", party_id=party)
    statuses = answers(user, found)
    assert {p: s for p, s in statuses.items() if s >= 500} == {}
    away = [p for p, s in statuses.items() if s == 200 and not p.startswith(HOME)]
    assert away == []
    assert statuses["/m/"] == 200


def test_a_partners_developer_stays_at_home(paths):
    _party, found = paths
    user = User.objects.create(username="p", kind="partner", partner_id=live_partner())
    statuses = answers(user, found)
    assert {p: s for p, s in statuses.items() if s >= 500} == {}
    away = [p for p, s in statuses.items() if s == 200 and not p.startswith(PORTAL)]
    assert away == []
    assert statuses["/portal/"] == 200


def test_whoever_is_not_signed_in_sees_nothing(paths):
    _party, found = paths
    statuses = answers(None, found)
    assert {p: s for p, s in statuses.items() if s >= 500} == {}
    seen = [p for p, s in statuses.items() if s == 200 and not p.startswith(("/ui/", "/api/"))]
    assert seen == []
