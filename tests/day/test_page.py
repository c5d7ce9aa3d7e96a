"""The page of the bank's day: its steps, the request to close, who may ask."""

from __future__ import annotations

from datetime import date

import pytest
from tests.core.builders import give
from tests.day.builders import MONDAY, bank_at, counting, only

from liti.core.errors import Unavailable
from liti.core.models import User
from liti.day import asking, services

pytestmark = pytest.mark.django_db


def signed_in(client, role):
    user = User.objects.create_user(f"a {role}", password="x")
    give(user, role)
    client.force_login(user)
    client.cookies["django_language"] = "en"
    return client


def test_it_shows_the_steps_that_broke_with_their_error(client, monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []), counting("b.two", [], breaks_at={0}))
    with pytest.raises(Unavailable):
        services.close_days()

    page = signed_in(client, "finance_officer").get("/day/")

    text = page.content.decode()
    assert page.status_code == 200
    assert "RuntimeError: b.two broke at 0" in text
    assert "Go on where it broke" in text
    assert "The published days of" not in text or "Load the new arrangement" in text


def test_asked_by_htmx_it_is_the_steps_alone(client, monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    page = signed_in(client, "auditor").get("/day/", headers={"HX-Request": "true"})
    assert "step-aone" in page.content.decode()
    assert "<html" not in page.content.decode()


def test_who_may_asks_and_the_worker_is_told_once(client, monkeypatch):
    told = []
    monkeypatch.setattr(asking, "_carriers", [lambda on, by: told.append((on, by))])
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    assert signed_in(client, "finance_officer").post("/day/close/").status_code == 302
    assert told == [(MONDAY, "a finance_officer")]


@pytest.mark.parametrize("role", ["auditor", "service_desk"])
def test_who_may_not_is_refused_and_nobody_is_told(client, monkeypatch, role):
    told = []
    monkeypatch.setattr(asking, "_carriers", [lambda on, by: told.append((on, by))])
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    signed_in(client, role).post("/day/close/")
    assert told == []


def test_a_day_that_ended_can_be_looked_at(client, monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    services.close_days()
    text = signed_in(client, "engineer").get("/day/?on=2026-11-23").content.decode()
    assert "To the business date" in text
    assert services.close_if_current(MONDAY) == []
    assert services.business_date() == date(2026, 11, 24)
