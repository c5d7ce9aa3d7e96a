"""Bearer tokens of OAuth2 clients: who calls, and with which scopes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any
from uuid import UUID

from allauth.core.internal import ratelimit  # the address as sign-in sees it
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja.security import HttpBearer
from oauth2_provider.models import AccessToken

from liti.api.scopes import allowed_scopes
from liti.core import params
from liti.core.context import Actor, acting
from liti.core.errors import Forbidden, TooMany
from liti.core.ids import uuid7
from liti.core.pace import Pace
from liti.partners import queries as partners

CALLS = Pace("api.calls", lambda: int(params.get("core.api.calls_per_minute")))
WRONG_TOKENS = Pace(
    "api.wrong_tokens", lambda: int(params.get("core.api.wrong_tokens_per_minute")), exact=True
)


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated client; `partner_id` is None for the bank's own clients."""

    client_id: str
    scopes: frozenset[str]
    partner_id: UUID | None

    def require(self, scope: str) -> None:
        """Raise Forbidden without the scope."""
        if scope not in self.scopes:
            raise Forbidden(
                "api.missing_scope",
                _("This call needs the scope %(scope)s.") % {"scope": scope},
                remedy=_("Ask for the scope when you request the token."),
            )

    def actor(self) -> Actor:
        """The client as who acts."""
        return Actor(
            kind="client",
            label=self.client_id,
            request_id=str(uuid7()),
            partner_id=self.partner_id,
            scopes=self.scopes,
        )

    def require_partner(self) -> UUID:
        """The partner's id; raise Forbidden for a client that is no partner's."""
        if self.partner_id is None:
            raise Forbidden("api.not_a_partner", _("This client does not belong to a partner."))
        if partners.partner(self.partner_id).status != "live":
            raise Forbidden(
                "api.partner_not_live",
                _("The partner of this client is not live."),
                remedy=_("Ask the bank."),
            )
        return self.partner_id


def as_client(call: Callable[..., Any]) -> Callable[..., Any]:
    """Whoever showed the token acts in the call, in the trail too."""

    @wraps(call)
    def named(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        caller: Caller = request.auth  # type: ignore[attr-defined]  # set by ninja
        with acting(caller.actor()):
            return call(request, *args, **kwargs)

    return named


class ClientToken(HttpBearer):
    """OAuth2 client credentials; the token comes from /o/token/."""

    openapi_scheme = "bearer"

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Who shows the token; None for a wrong one. Raises TooMany beyond the pace of the
        client, and for an address that showed too many wrong ones, right ones then too."""
        address = _address(request)
        if wait := WRONG_TOKENS.is_spent(address):
            raise _too_many_wrong(wait)
        checksum = hashlib.sha256(token.encode()).hexdigest()
        known = AccessToken.objects.select_related("application")
        row = known.filter(token_checksum=checksum).first()
        if row is None or not row.is_valid() or row.application is None:
            if wait := WRONG_TOKENS.take(address):
                raise _too_many_wrong(wait)
            return None
        client_id = row.application.client_id
        if wait := CALLS.take(client_id):
            raise TooMany(
                "api.too_many_calls",
                _("This client has called as often as it may in a minute."),
                remedy=_("Ask again in %(count)d seconds.") % {"count": wait},
                retry_after=wait,
            )
        return Caller(
            client_id=client_id,
            # A scope that was taken away since is gone at once, not when the token ends.
            scopes=frozenset(row.scope.split()) & frozenset(allowed_scopes(client_id)),
            partner_id=partners.partner_of_client(client_id),
        )


def _address(request: HttpRequest) -> str:
    """Where a call comes from, as sign-in sees it (behind trusted proxies only)."""
    try:
        return str(ratelimit.get_ip(request))
    except PermissionDenied:
        return "unknown"


def _too_many_wrong(wait: int) -> TooMany:
    return TooMany(
        "api.too_many_wrong_tokens",
        _("Too many wrong access tokens came from this address."),
        remedy=_("Ask again in %(count)d seconds.") % {"count": wait},
        retry_after=wait,
    )
