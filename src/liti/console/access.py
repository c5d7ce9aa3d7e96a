"""Who may open which page. Roles come from posts; a page declares the roles it is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from liti.core.context import current_actor
from liti.core.roles import (
    CONTROL,
    CUSTOMERS,
    GROUPS,
    LEDGER,
    MARKET,
    OPERATION,
    PARAMETERS,
    PARTNERS,
    PLAN,
    RUNS,
    SERVICE,
    STAFF,
    UNMASK,
    Roles,
    roles,
)

__all__ = [
    "APPROVALS", "CONTROL", "CUSTOMERS", "GROUPS", "HOMES", "LEDGER", "MARKET",
    "OPERATION", "PARAMETERS", "PARTNERS", "PLAN", "RUNS", "SERVICE", "STAFF", "UNMASK",
    "Roles", "View", "may", "require", "roles", "staff_page",
]  # fmt: skip

View = Callable[..., HttpResponse]
# Every member of the staff may propose something; what he sees there is what concerns him.
APPROVALS = STAFF

HOMES = {"customer": "/m/", "client": "/portal/"}


def may(allowed: Roles) -> bool:
    """Whether the current actor holds one of the roles."""
    actor = current_actor()
    return actor.kind == "staff" and bool(actor.roles & allowed)


def staff_page(allowed: Roles) -> Callable[[View], View]:
    """Only for staff with one of the roles; customers and partners are sent home."""

    def wrap(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            actor = current_actor()
            if actor.kind in HOMES:
                return HttpResponseRedirect(HOMES[actor.kind])
            require(allowed)
            return view(request, *args, **kwargs)

        guarded.allowed = allowed  # type: ignore[attr-defined]  # what a link asks before (opening.py)
        return guarded

    return wrap


def require(allowed: Roles) -> None:
    """Raise PermissionDenied (403) unless the actor holds one of the roles."""
    if not may(allowed):
        raise PermissionDenied
