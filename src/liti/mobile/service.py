"""The bank at the customer's service: who serves him, what he asked, and what came of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.care import queries as care
from liti.care import services
from liti.core.addresses import number_in
from liti.core.doors import door
from liti.core.errors import LitiError
from liti.mobile.access import customer_page

STARS = (5, 4, 3, 2, 1)


@require_http_methods(["GET", "POST"])
@customer_page
@door("care.open_request")
def requests(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """What he has asked and complained of, and the form for a new one."""
    context: dict[str, Any] = {"categories": care.request_categories(), "said": request.POST}
    status = 200
    if request.method == "POST":
        category, text = request.POST.get("category", ""), request.POST.get("text", "")
        try:
            made = services.open_request(party_id, category, text, channel="mobile")
        except LitiError as error:
            context["refusal"], status = error, error.status
        else:
            messages.success(request, _("We have received it and will answer you here."))
            return redirect("mobile:request", made)
    context["requests"] = care.requests_of(party_id)
    return render(request, "mobile/requests.html", context, status=status)


@require_http_methods(["GET", "POST"])
@customer_page
@door("care.close_request", "care.reopen_request", "care.rate_request")
def request_page(request: HttpRequest, party_id: UUID, request_id: UUID) -> HttpResponse:
    """One request with what was done, and what he may do with it now."""
    context: dict[str, object] = {"request_view": care.request(request_id), "stars": STARS}
    status = 200
    if request.method == "POST":
        try:
            _act(request, request_id)
            messages.success(request, _("Saved."))
            return redirect("mobile:request", request_id)
        except LitiError as error:
            context["refusal"], status = error, error.status
            context["request_view"] = care.request(request_id)
    context["steps"] = care.request_steps(request_id, public=True)
    return render(request, "mobile/request.html", context, status=status)


def _act(request: HttpRequest, request_id: UUID) -> None:
    act = request.POST.get("act", "")
    if act == "reopen":
        services.reopen_request(request_id, request.POST.get("reason", ""))
    elif act == "rate":
        services.rate_request(request_id, number_in(request.POST.get("stars", "")) or 0)
    else:
        services.close_request(request_id)
