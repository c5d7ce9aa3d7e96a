"""Every door where a secret is asked for locks like the first."""

from __future__ import annotations

import pytest
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client
from tests.console.test_console_pages import staff

from liti.partners import services

pytestmark = pytest.mark.django_db
PASSWORD = "a long sentence of words"
GRANT = {"grant_type": "client_credentials"}


def client(address="10.0.0.1"):
    return Client(REMOTE_ADDR=address, headers={"accept-language": "en"})


def token(secret, address="10.0.0.1", **more):
    body = GRANT | {"client_id": "core", "client_secret": secret}
    return client(address).post("/o/token/", body, **more)


def test_five_wrong_secrets_lock_a_client_from_everywhere():
    services.create_client(None, client_id="core", client_secret="right-secret-here")
    for number in range(5):
        assert token("wrong", f"10.0.1.{number}").status_code == 401
    locked = token("right-secret-here", "10.0.9.9")
    assert (locked.status_code, locked["Retry-After"]) == (429, "900")
    assert locked.json()["error"] == "temporarily_unavailable"


def test_right_secrets_never_lock():
    services.create_client(None, client_id="core", client_secret="right-secret-here")
    assert {token("right-secret-here").status_code for _n in range(12)} == {200}


def test_ten_wrong_clients_lock_the_address():
    for number in range(10):
        body = GRANT | {"client_id": f"c{number}", "client_secret": "x"}
        assert client().post("/o/token/", body).status_code == 401
    answer = client().post("/o/token/", GRANT | {"client_id": "other", "client_secret": "x"})
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert token("x", "10.0.0.2").status_code == 401


def test_giving_a_token_back_is_the_same_door():
    services.create_client(None, client_id="core", client_secret="right-secret-here")
    body = {"client_id": "core", "client_secret": "wrong", "token": "x"}
    for number in range(5):
        assert client(f"10.0.1.{number}").post("/o/revoke_token/", body).status_code == 401
    assert token("right-secret-here").status_code == 429


def test_another_host_or_case_is_not_another_lock(settings):
    settings.ALLOWED_HOSTS = ["*"]
    user = staff("engineer", name="eva")
    user.set_password(PASSWORD)
    user.save()
    for number, name in enumerate(("eva", "EVA", "eva", "Eva", "eva")):
        asked = client(f"10.0.2.{number}")
        asked.post("/auth/login/", {"login": name, "password": "no"}, HTTP_HOST=f"h{number}:80")
    answer = client("10.0.3.1").post("/auth/login/", {"login": "eva", "password": PASSWORD})
    assert answer.status_code == 200
    assert b"Too many failed" in answer.content


def test_the_second_factor_locks_like_the_first():
    user = staff("engineer", name="eva")
    user.set_password(PASSWORD)
    user.save()
    TOTP.activate(user, generate_totp_secret())
    asked = client()
    assert (
        asked.post("/auth/login/", {"login": "eva", "password": PASSWORD}).headers["Location"]
        == "/auth/2fa/authenticate/"
    )
    for number in range(5):
        asked.post("/auth/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=f"10.0.4.{number}")
    answer = asked.post("/auth/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR="10.0.5.1")
    assert b"Too many failed" in answer.content


def test_raw_data_has_no_sign_in_of_its_own():
    answer = client().post("/admin/login/", {"username": "eva", "password": "x"})
    assert answer.status_code in (302, 404)
