"""How allauth behaves here: nobody signs up by himself, and each kind has its own home."""

from __future__ import annotations

import logging
import unicodedata
from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from liti.core.models import User

log = logging.getLogger(__name__)
HOMES = {User.Kind.CUSTOMER.value: "/m/", User.Kind.PARTNER.value: "/portal/"}


class AccountAdapter(DefaultAccountAdapter):
    """Staff go to the console, customers to the mobile pages, partners to the portal."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """One name has one lock: not another for each Host header, case or width of letters."""
        name = credentials.get("email") or credentials.get("username") or ""
        return unicodedata.normalize("NFKC", str(name)).casefold()

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A mail server that is down says nothing about who is known here: it is in the log."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, SMTPException):
            log.exception("a letter could not be sent: %s", template_prefix)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return HOMES.get(str(getattr(request.user, "kind", "")), "/")
