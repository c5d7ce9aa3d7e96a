"""What a page shows may be done: no link, button or form on any page ends in a refusal."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.db import transaction
from tests.site.everybody import LOGINS, House, house

from liti.console import acts

pytestmark = pytest.mark.django_db
PAGES_MAX = 150
ELSEWHERE = ("/auth/", "/static/", "/admin/", "/language/", "/ui/theme/", "/o/")
STARTS = ("/", "/m/", "/portal/")
LINK = re.compile(r"<(?:a|form)\b[^>]*?\s(?:href|hx-get|hx-post)=\"([^\"]+)\"")
FORM = re.compile(r"<form\b([^>]*)>(.*?)</form>", re.DOTALL)
HIDDEN = re.compile(r"<input type=\"hidden\" name=\"([^\"]+)\" value=\"([^\"]*)\"")
KEY = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}|(?<=/)\d+(?=/)")


def links(path: str, page: str) -> Iterator[str]:
    for found in LINK.findall(page):
        target = urlsplit(urljoin(path, unescape(found)))
        if not target.netloc and target.path.startswith("/"):
            yield target.path + (f"?{target.query}" if target.query else "")


def forms(path: str, page: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Where each form that changes something is sent, with what it carries unseen."""
    for head, body in FORM.findall(page):
        if 'method="post"' in head:
            action = re.search(r'action="([^"]*)"', head)
            target = urljoin(path, unescape(action[1]) if action else "") or path
            yield urlsplit(target).path, dict(HIDDEN.findall(body))


def shape(path: str) -> str:
    """Pages of one kind are tried once: every customer's page is one."""
    return KEY.sub("#", path.partition("?")[0])


def refused(found: House, login: str) -> tuple[list[str], int]:
    """Addresses that pages show to the login and that refuse it; how many pages were read."""
    client = found.logins[login]
    queue = [(start, start) for start in STARTS]
    queue += [(f"/customers/{found.party_id}/", "")] if login in LOGINS[:-3] else []
    seen: set[str] = set()
    shut = []
    read = 0
    while queue and read < PAGES_MAX:
        path, shown_on = queue.pop(0)
        if shape(path) in seen or path.startswith(ELSEWHERE):
            continue
        seen.add(shape(path))
        answer = client.get(path)
        if answer.status_code == 403 and shown_on not in ("", path):
            shut.append(f"{shown_on} shows {path}")
        if answer.status_code != 200 or "text/html" not in answer["Content-Type"]:
            continue
        read += 1
        page = answer.content.decode()
        queue += [(link, path) for link in links(path, page)]
        for action, carried in forms(path, page):
            sent = f"POST {shape(action)}"
            if sent in seen or action.startswith(ELSEWHERE):
                continue
            seen.add(sent)
            with transaction.atomic():
                status = client.post(action, {"act": acts.new_key(), **carried}).status_code
                transaction.set_rollback(True)
            if status in (403, 405):
                shut.append(f"{path} shows a form to {action}")
    return shut, read


@pytest.mark.parametrize("login", LOGINS[:-1])
def test_no_page_shows_a_door_that_is_shut(login):
    shut, read = refused(house(), login)
    assert shut == []
    assert read >= 4
