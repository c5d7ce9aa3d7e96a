"""Mail where no mail server is named: files only the bank's own user can read, and in
development a page that shows them. With LITI_SMTP_HOST neither is there."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage as Parsed
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from liti.core.ids import uuid7

KEPT = 200
SHOWN = 30


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that was not sent."""

    to: str
    subject: str
    text: str


class Outbox(BaseEmailBackend):
    """Puts letters into `var/outbox`, the newest KEPT of them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        folder = _folder()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            file = folder / f"{uuid7()}.eml"
            with open(os.open(file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
                out.write(message.message().as_bytes())
        for old in sorted(folder.glob("*.eml"))[:-KEPT]:
            old.unlink(missing_ok=True)
        return len(email_messages)


def letters() -> list[Letter]:
    """The newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:SHOWN]
    return [_letter(f.read_bytes()) for f in files]


def _letter(raw: bytes) -> Letter:
    parsed: Parsed[Any, Any] = message_from_bytes(raw, policy=policy.default)
    body = parsed.get_body(("plain",))
    text = body.get_content() if body else ""
    return Letter(str(parsed["to"] or ""), str(parsed["subject"] or ""), text)


def _folder() -> Path:
    return Path(settings.VAR_DIR) / "outbox"


@require_GET
@never_cache
def outbox_page(request: HttpRequest) -> HttpResponse:
    """What would have been sent. Only in the address table of development (urls.py)."""
    return render(request, "ui/outbox.html", {"letters": letters()})
