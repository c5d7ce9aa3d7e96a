"""How allauth behaves here: nobody signs up by himself, and each kind has its own home."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from liti.core.models import User

HOMES = {User.Kind.CUSTOMER.value: "/m/", User.Kind.PARTNER.value: "/portal/"}


class AccountAdapter(DefaultAccountAdapter):
    """Staff go to the console, customers to the mobile pages, partners to the portal."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        return HOMES.get(str(getattr(request.user, "kind", "")), "/")
