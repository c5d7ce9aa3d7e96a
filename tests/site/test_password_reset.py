"""A new password by mail: the same answer for all, few attempts, a link that works once."""

from __future__ import annotations

import re
from smtplib import SMTPServerDisconnected

import pytest
from django.test import Client
from tests.console.test_console_pages import staff

from liti.site import outbox

pytestmark = pytest.mark.django_db
RESET = "/auth/password/reset/"
NEW = "another long sentence 7"


@pytest.fixture(autouse=True)
def _letters(settings, tmp_path):
    settings.MAILERS = {"default": {"BACKEND": "liti.site.outbox.Outbox"}}
    settings.VAR_DIR = tmp_path


@pytest.fixture
def eva():
    user = staff("engineer", name="eva")
    user.email = "eva@liti.example"
    user.set_password("a long sentence of words")
    user.save()
    return user


def asked(email, address="10.1.0.1", language="en"):
    client = Client(REMOTE_ADDR=address, headers={"accept-language": language})
    return client.post(RESET, {"email": email}, follow=True)


def test_the_link_sets_a_new_password_once(eva):
    assert asked(eva.email).status_code == 200
    [letter] = outbox.letters()
    assert (letter.to, letter.subject) == (eva.email, "Set a new password")
    path = re.search(r"https?://[^/]+(/auth/\S+)", letter.text)[1]
    client = Client()
    form = client.get(path, follow=True)
    where = form.redirect_chain[-1][0]
    client.post(where, {"password1": NEW, "password2": NEW})
    eva.refresh_from_db()
    assert eva.check_password(NEW)
    assert client.session.get("_auth_user_id") is None, "a new password is no sign-in"
    assert Client().get(path, follow=True).context["token_fail"]


def test_nobody_learns_who_is_known(eva):
    known, unknown = asked(eva.email), asked("nobody@liti.example")
    token = re.compile(rb"csrfmiddlewaretoken[^>]+|X-CSRFToken[^}]+")
    assert token.sub(b"", known.content) == token.sub(b"", unknown.content)
    assert known.redirect_chain == unknown.redirect_chain
    assert [letter.to for letter in outbox.letters()] == [eva.email]


def test_a_mail_server_that_is_down_says_nothing_either(eva, monkeypatch):
    def down(*_arguments):
        raise SMTPServerDisconnected("away")

    monkeypatch.setattr(outbox.Outbox, "send_messages", down)
    assert asked(eva.email).redirect_chain == asked("nobody@liti.example").redirect_chain


def test_it_is_asked_for_a_few_times_only(eva):
    answers = [asked(eva.email, f"10.1.1.{n}") for n in range(5)]
    assert len(outbox.letters()) == 3
    assert answers[-1].status_code == 429


def test_the_letter_and_the_page_speak_the_readers_language(eva):
    page = Client(headers={"accept-language": "zh-hans"}).get(RESET).content.decode()
    assert "重设密码" in page
    asked(eva.email, language="zh-hans")
    [letter] = outbox.letters()
    assert letter.subject == "重设密码"


def test_letters_are_for_the_banks_own_user_alone(eva, tmp_path):
    asked(eva.email)
    [file] = (tmp_path / "outbox").glob("*.eml")
    assert (file.stat().st_mode & 0o077, file.parent.stat().st_mode & 0o077) == (0, 0)


def test_the_page_of_letters_is_not_there_in_operation(settings):
    assert settings.LITI_OUTBOX_PAGE is False
    assert Client().get("/outbox/").status_code == 404


def test_the_page_of_letters_shows_them_in_development(eva, rf):
    asked(eva.email)
    answer = outbox.outbox_page(rf.get("/outbox/"))
    assert b"eva@liti.example" in answer.content
