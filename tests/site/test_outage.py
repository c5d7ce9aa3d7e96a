"""While the database is away: 503 and when to ask again, wherever the request meets it."""

from __future__ import annotations

import psycopg
import pytest
from django.db import InterfaceError, OperationalError, connection
from django.test import Client
from psycopg import errors as pg
from psycopg_pool import PoolTimeout

from liti.core.models import User
from liti.core.outage import is_outage

pytestmark = pytest.mark.django_db


def caused(cause: Exception, kind=OperationalError) -> Exception:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


AWAY = [
    psycopg.OperationalError("connection refused"),
    psycopg.InterfaceError("the connection is closed"),
    PoolTimeout("couldn't get a connection"),
    pg.AdminShutdown("terminating connection"),
    pg.CannotConnectNow("the database system is starting up"),
    pg.TooManyConnections("no slot"),
    pg.ConnectionFailure("gone"),
]
OURS = [
    pg.QueryCanceled("statement timeout"),
    pg.DeadlockDetected("deadlock"),
    pg.LockNotAvailable("lock timeout"),
    pg.UniqueViolation("twice"),
    ValueError("other"),
]


@pytest.mark.parametrize("cause", AWAY, ids=lambda e: type(e).__name__)
def test_what_is_an_outage(cause):
    assert is_outage(cause)
    assert is_outage(caused(cause, OperationalError))
    assert is_outage(caused(cause, InterfaceError))


@pytest.mark.parametrize("cause", OURS, ids=lambda e: type(e).__name__)
def test_what_is_none(cause):
    assert not is_outage(cause)
    assert not is_outage(caused(cause))


def away(execute, sql, parameters, many, context):
    """Stands in for a connection whose server was killed."""
    raise caused(pg.AdminShutdown("terminating connection due to administrator command"))


def browser(*, signed_in: bool) -> Client:
    client = Client(raise_request_exception=False, headers={"accept-language": "en"})
    if signed_in:
        user = User.objects.create_user("desk", password="x", kind="staff")
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.mark.parametrize("path", ["/", "/customers/", "/m/", "/portal/", "/nowhere/"])
def test_a_page_says_so_before_any_user_is_known(path):
    client = browser(signed_in=True)
    with connection.execute_wrapper(away):
        answer = client.get(path)
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert "can’t reach its books" in answer.content.decode()
    assert answer["Cache-Control"] == "no-store, private"


def test_signing_in_says_so():
    with connection.execute_wrapper(away):
        answer = browser(signed_in=False).post("/auth/login/", {"login": "a", "password": "b"})
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_a_call_gets_a_problem():
    with connection.execute_wrapper(away):
        answer = browser(signed_in=False).get(
            "/api/v1/partner/shelf", headers={"authorization": "Bearer some"}
        )
    assert (answer.status_code, answer["Retry-After"]) == (503, "5")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "api.unavailable"


def test_what_broke_otherwise_is_still_500(monkeypatch):
    def broken(execute, sql, parameters, many, context):
        raise caused(pg.QueryCanceled("statement timeout"))

    client = browser(signed_in=True)
    with connection.execute_wrapper(broken):
        assert client.get("/").status_code == 500
