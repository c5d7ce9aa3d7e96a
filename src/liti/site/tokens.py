"""The door of programs: wrong secrets lock the client and the address, as at sign-in."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import unquote

from allauth.core.internal import ratelimit  # the public face can't take a count back
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

# Action of ACCOUNT_RATE_LIMITS, and the seconds after which it is open again.
LOCKS = {"token_failed_address": 60, "token_failed_client": 900}
WRONG_SECRET = 401


def locking(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Count what fails by client and by address; a locked one is not even asked (429)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        used: list[ratelimit.RateLimitUsage] = []
        for action, seconds in LOCKS.items():
            usage = ratelimit.consume(
                request,
                app="allauth.account",
                action=action,
                key=client_of(request),
                limit_get=True,
            )
            if usage is None:
                for earlier in used:
                    earlier.rollback()
                return _locked(seconds)
            used.append(usage)
        response = view(request, *args, **kwargs)
        if response.status_code != WRONG_SECRET:
            for usage in used:
                usage.rollback()
        return response

    guarded.csrf_exempt = True  # type: ignore[attr-defined]  # Django's own mark
    return guarded


def client_of(request: HttpRequest) -> str:
    """The client that somebody says to be, in the header or in the form."""
    kind, _blank, rest = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() == "basic":
        try:
            pair = base64.b64decode(rest, validate=True).decode("utf-8")
        except (binascii.Error, ValueError):
            return "unreadable"
        return unquote(pair.partition(":")[0])
    return request.POST.get("client_id", "")


def _locked(seconds: int) -> HttpResponse:
    body = {
        "error": "temporarily_unavailable",
        "error_description": _("Too many wrong secrets; wait a little."),
    }
    return JsonResponse(body, status=429, headers={"Retry-After": str(seconds)})
