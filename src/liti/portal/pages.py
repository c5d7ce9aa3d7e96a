"""The partner's pages: figures, deliveries, products, and how to call the API."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from liti.core.doors import door
from liti.core.errors import InvalidInput, LitiError
from liti.core.ids import uuid7
from liti.partners import queries as partners
from liti.partners import services
from liti.partners.queries import PartnerView
from liti.portal.access import partner_page

KEY_MAX = 120


@require_GET
@partner_page
def home(request: HttpRequest, partner: PartnerView) -> HttpResponse:
    """Figures about the members and the latest deliveries."""
    context: dict[str, object] = {
        "summary": partners.members_summary(partner.id),
        "batches": partners.batches(partner.id, limit=5),
    }
    context["requests"] = partners.enrolments(partner.id, limit=10)
    return _page(request, partner, "portal/home.html", context)


@require_http_methods(["GET", "POST"])
@partner_page
@door("partners.onboard_members")
def deliveries(request: HttpRequest, partner: PartnerView) -> HttpResponse:
    """All deliveries, and the form for a new one."""
    key = request.POST.get("key") or f"portal-{uuid7()}"
    error, status = None, 200
    if request.method == "POST":
        try:
            return _take(request, partner, key)
        except LitiError as refusal:
            error, status, key = refusal, refusal.status, f"portal-{uuid7()}"
    context: dict[str, object] = {
        "batches": partners.batches(partner.id),
        "key": key,
        "error": error,
        "columns": services.COLUMNS,
        "required": services.REQUIRED,
        "batch_max": services.BATCH_MAX,
        "example": ",".join(services.COLUMNS),
    }
    return _page(request, partner, "portal/deliveries.html", context, status)


@require_GET
@partner_page
def delivery(request: HttpRequest, partner: PartnerView, batch_id: UUID) -> HttpResponse:
    """One delivery with the rows that were left out, and why."""
    batch = next((b for b in partners.batches(partner.id, limit=1000) if b.id == batch_id), None)
    if batch is None:
        raise Http404
    return _page(request, partner, "portal/delivery.html", {"batch": batch})


@require_GET
@partner_page
def products(request: HttpRequest, partner: PartnerView) -> HttpResponse:
    """What the partner's paradigm lets it show."""
    shown: dict[str, object] = {"products": partners.shelf(partner.id)}
    return _page(request, partner, "portal/products.html", shown)


@require_GET
@partner_page
def api(request: HttpRequest, partner: PartnerView) -> HttpResponse:
    """The partner's clients (never a secret) and how to call."""
    here = request.build_absolute_uri("/").rstrip("/")
    example = dict.fromkeys(services.COLUMNS, "") | {"member_no": "A-1001"}
    context: dict[str, object] = {
        "clients": partners.clients(partner.id),
        "here": here,
        "example": json.dumps({"members": [example]}, indent=2),
    }
    return _page(request, partner, "portal/api.html", context)


def _take(request: HttpRequest, partner: PartnerView, key: str) -> HttpResponse:
    upload = request.FILES.get("file")
    if upload is None:
        raise InvalidInput(
            "portal.no_file", _("No file was chosen."), remedy=_("Choose a CSV file.")
        )
    if len(key) > KEY_MAX or "\0" in key:
        raise InvalidInput("portal.key", _("The form is damaged."), remedy=_("Load it again."))
    rows = services.read_members(upload.read())
    report = services.onboard_members(partner.id, rows, key=key)
    numbers = {"accepted": report.accepted, "rows": report.rows}
    if report.problems:
        messages.warning(
            request, _("%(accepted)d of %(rows)d requests wait for their persons.") % numbers
        )
    else:
        messages.success(request, _("All %(rows)d requests wait for their persons.") % numbers)
    return redirect("portal:delivery", report.id)


def _page(
    request: HttpRequest,
    partner: PartnerView,
    template: str,
    context: dict[str, object],
    status: int = 200,
) -> HttpResponse:
    return render(request, template, {"partner": partner, **context}, status=status)
