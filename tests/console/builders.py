"""Staff with roles, signed in, and what they fill in."""

from __future__ import annotations

import re
from html import unescape

from django.http import HttpResponse
from django.test import Client
from tests.core.builders import give

from liti.core.ids import uuid7
from liti.core.models import User


def staff(*roles: str, name: str = "", department: str = "direct") -> User:
    """A member of the staff who holds the roles."""
    user = User.objects.create_user(
        name or f"staff-{uuid7()}", password="x", kind="staff", department=department
    )
    give(user, *roles, department=department)
    return user


def signed_in(user: User, language: str = "en") -> Client:
    client = Client(headers={"accept-language": language})
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def as_role(*roles: str) -> Client:
    """A client signed in as somebody of these roles."""
    return signed_in(staff(*roles))


def act_of(response: HttpResponse) -> str:
    """The key that a form or a confirmation was shown with."""
    found = re.search(r'name="act" value="([0-9a-f-]{36})"', response.content.decode())
    assert found, "a form carries its key"
    return found[1]


def text_of(response: HttpResponse) -> str:
    """What a page says, without tags."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def go(client: Client, address: str, **typed: object) -> tuple[HttpResponse, HttpResponse]:
    """Fill in and confirm: the confirmation page and what came of confirming it."""
    act = act_of(client.get(address))
    confirm = client.post(address, {**typed, "act": act, "step": "check"})
    if confirm.status_code != 200 or 'id="command-confirm"' not in confirm.content.decode():
        return confirm, confirm
    return confirm, client.post(address, {**hidden(confirm), "step": "do"})


def hidden(response: HttpResponse) -> dict[str, object]:
    """The hidden fields of a confirmation, as its form sends them."""
    page = response.content.decode()
    form = page[page.index('id="confirm-form"') :]
    pairs: dict[str, list[str]] = {}
    for name, value in re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', form):
        pairs.setdefault(unescape(name), []).append(unescape(value))
    return {n: v if len(v) > 1 else v[0] for n, v in pairs.items()}
