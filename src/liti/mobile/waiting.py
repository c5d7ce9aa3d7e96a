"""What waits for the customer's own word: orders that staff prepared, partners that ask."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from liti.accounts import queries as accounts
from liti.core.doors import door
from liti.core.errors import LitiError, NotFound
from liti.core.turns import one_at_a_time
from liti.market import queries as market
from liti.market import services
from liti.market.queries import PreparedView
from liti.mobile.access import customer_page
from liti.mobile.confirming import proof_of, require_himself
from liti.partners import queries as partners


def count_of(party_id: UUID) -> int:
    """How many things wait for the customer."""
    return len(market.prepared_waiting(party_id)) + len(partners.enrolments_waiting(party_id))


@require_GET
@customer_page
def waiting(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The list; each leads to the page where it is confirmed or declined."""
    context = {
        "orders": market.prepared_waiting(party_id),
        "enrolments": partners.enrolments_waiting(party_id),
    }
    return render(request, "mobile/waiting.html", context)


@require_http_methods(["GET", "POST"])
@customer_page
@door("market.confirm_prepared", "market.decline_prepared", "market.review_prepared")
def prepared(request: HttpRequest, party_id: UUID, prepared_id: UUID) -> HttpResponse:
    """One prepared order with all that must be known of it, and the customer's answer."""
    found = market.prepared_order(prepared_id)
    context: dict[str, Any] = {"prepared": found, "proof": proof_of(request)}
    status = 200
    if request.method == "POST":
        try:
            if request.POST.get("answer") == "decline":
                services.decline_prepared(party_id, prepared_id, request.POST.get("reason", ""))
                messages.success(request, _("Declined. Nothing was moved."))
                return redirect("mobile:waiting")
            return _confirm(request, party_id, found)
        except LitiError as error:
            context["refusal"] = error
            status = error.status
            found = context["prepared"] = market.prepared_order(prepared_id)
    if found.status == "waiting":
        context |= _shown(party_id, found)
    return render(request, "mobile/prepared.html", context, status=status)


def _confirm(request: HttpRequest, party_id: UUID, found: PreparedView) -> HttpResponse:
    """Once; a second click finds the order of the first."""
    with one_at_a_time(f"mobile.prepared {found.id}"):
        order_id = market.prepared_order(found.id).order_id
        if order_id is None:
            if found.status == "waiting":
                require_himself(request)
            seen = request.POST.get("seen", "")
            order_id = services.confirm_prepared(party_id, found.id, seen).id
    return redirect("mobile:order", order_id)


def _shown(party_id: UUID, found: PreparedView) -> dict[str, Any]:
    """What he must know before he answers, as of now; `problem` where it would be refused."""
    shown: dict[str, Any] = {}
    with suppress(NotFound):
        shown["product"] = market.product(found.product_code)
    with suppress(NotFound):
        shown["account"] = accounts.account(found.account_id)
    try:
        shown["quote"] = services.review_prepared(party_id, found.id)
    except LitiError as error:
        shown["problem"] = error
    return shown
