"""The API over the wire: a live server, and clients that fetch real tokens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
import requests
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.db import connections
from django.test.testcases import LiveServerThread
from tests.partners.builders import live_partner

from liti.core.clock import set_business_date
from liti.partners import services

DAY = date(2026, 11, 23)
SECRET = "a-secret-of-the-tests"


class Web(requests.Session):
    """A client that knows where the server is."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base

    def request(self, method, url, **options):
        return super().request(method, self.base + url, timeout=30, **options)


@pytest.fixture
def web(db, monkeypatch):
    """A server over real HTTP inside the test's transaction, so nothing is left behind."""
    set_business_date(DAY)
    # The connection itself: the usual name looks it up anew in each thread.
    connection = connections["default"]
    connection.inc_thread_sharing()
    # The server closes what it used, after each request and at its end.
    monkeypatch.setattr(connection, "close", lambda: None)
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, {"default": connection}, port=0)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    with Web(f"http://127.0.0.1:{thread.port}") as client:
        yield client
    thread.terminate()
    connection.dec_thread_sharing()


@pytest.fixture
def partner(web):
    partner_id = live_partner()
    services.create_client(partner_id, client_id="cloud", client_secret=SECRET)
    return partner_id


@pytest.fixture
def bank(web):
    """The client of one of the bank's own systems."""
    services.create_client(None, client_id="core-system", client_secret=SECRET)


@pytest.fixture
def token(web) -> Callable[..., dict[str, str]]:
    """Headers of a client with the scopes asked for."""

    def fetch(client_id: str, scope: str = "") -> dict[str, str]:
        body = {"grant_type": "client_credentials"} | ({"scope": scope} if scope else {})
        answer = web.post("/o/token/", data=body, auth=(client_id, SECRET))
        assert answer.status_code == 200, answer.text
        return {"Authorization": f"Bearer {answer.json()['access_token']}"}

    return fetch
