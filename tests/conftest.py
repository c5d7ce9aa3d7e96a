"""One real PostgreSQL for all tests; reference data is there as in any installed bank."""

from __future__ import annotations

from contextvars import ContextVar

import psycopg
import pytest
from django.db import connections
from django.test.utils import setup_databases, teardown_databases
from django.utils import translation

from liti.api.auth import CALLS, WRONG_TOKENS
from liti.core import context
from liti.core.context import acting, job
from liti.core.reference import load_all


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    made = None
    with django_db_blocker.unblock():
        # pytest-django makes it only where a test asks for `db`; ours may ask for a copy alone.
        if not connections["default"].settings_dict["NAME"].startswith("test_"):
            made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        # Migrations run outside: within, each statement is sent with who acts before it.
        with acting(job("database")):
            load_all()
    yield
    if made:
        with django_db_blocker.unblock():
            teardown_databases(made, verbosity=0)


@pytest.fixture(autouse=True)
def _permitted(monkeypatch):
    """Tests call faces as from within a command that was permitted, in their threads too.

    What a test does as somebody else (`acting(…)`), and what comes through an edge, is asked
    for its right. Tests of authority itself have a fixture of this name that does nothing.
    """
    standing = context._Standing(job("tests"), inside=True)
    monkeypatch.setattr(context, "_standing", ContextVar("tests", default=standing))


@pytest.fixture(autouse=True)
def _english():
    """Texts are compared in the source's language, whether catalogues are compiled or not."""
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _a_fresh_pace():
    """What a process has left of a minute is not handed from test to test."""
    CALLS.forget()
    WRONG_TOKENS.forget()


@pytest.fixture
def committed(django_db_setup, django_db_blocker):
    """A database of the test's own, for what several connections do at once.

    A copy of the one that all tests roll back in, because what was committed in append-only
    tables can't be taken out again; it is dropped when the test ends.
    """
    settings = connections.settings["default"]
    name = settings["NAME"]
    copy = f"{name}_committed"
    with django_db_blocker.unblock():
        connections.close_all()
        _administer(settings, f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')
        _administer(settings, f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
        connections["default"].settings_dict["NAME"] = settings["NAME"] = copy
        try:
            yield
        finally:
            connections.close_all()
            connections["default"].settings_dict["NAME"] = settings["NAME"] = name
            _administer(settings, f'DROP DATABASE IF EXISTS "{copy}" WITH (FORCE)')


def _administer(settings, statement):
    with psycopg.connect(
        dbname="postgres",
        user=settings["USER"],
        password=settings["PASSWORD"],
        host=settings["HOST"],
        port=settings["PORT"] or None,
        autocommit=True,
    ) as connection:
        connection.execute(statement)
