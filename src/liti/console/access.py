"""Who may open which page. Roles are Django groups; a page declares the roles it is for."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from liti.core.context import current_actor

View = Callable[..., HttpResponse]
Roles = frozenset[str]


def roles(*names: str) -> Roles:
    """A set of role names."""
    return frozenset(names)


OPERATION = roles("operation_head", "marketing_operator")
SERVICE = roles("relationship_manager", "service_desk")
CONTROL = roles("risk_officer", "auditor")
# Who works with customers' records; marketing sees groups and plans, and the masked customer.
CUSTOMERS = OPERATION | SERVICE | CONTROL | roles("data_steward")
UNMASK = SERVICE | roles("operation_head", "data_steward", "risk_officer", "auditor")
GROUPS = OPERATION | SERVICE | roles("product_manager", "auditor")
PLAN = OPERATION | SERVICE | roles("auditor")
MARKET = OPERATION | SERVICE | roles("product_manager", "risk_officer", "auditor")
PARTNERS = OPERATION | roles("product_manager", "engineer", "auditor")
LEDGER = roles("finance_officer", "auditor", "risk_officer", "operation_head")
APPROVALS = OPERATION | CONTROL | roles("data_steward", "product_manager", "finance_officer")
DECIDE = APPROVALS - roles("auditor", "marketing_operator")
RUNS = roles("engineer", "finance_officer", "operation_head", "data_steward", "auditor")
PARAMETERS = CONTROL | roles("operation_head", "product_manager", "finance_officer", "engineer")
STAFF = CUSTOMERS | GROUPS | MARKET | PARTNERS | LEDGER | RUNS

HOMES = {"customer": "/m/", "partner": "/portal/"}


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

        return guarded

    return wrap


def require(allowed: Roles) -> None:
    """Raise PermissionDenied (403) unless the actor holds one of the roles."""
    if not may(allowed):
        raise PermissionDenied
