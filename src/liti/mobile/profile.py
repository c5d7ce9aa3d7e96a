"""The customer himself: his data masked, what he consents to, who looked."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liti.core import audit
from liti.core.channels import CHANNELS
from liti.core.doors import door
from liti.core.errors import NotFound
from liti.core.ids import uuid7
from liti.mobile.access import customer_page
from liti.parties import queries as parties
from liti.parties import services
from liti.parties.services import NewConsent
from liti.partners import queries as partners
from liti.partners import services as partner_services

PURPOSE = "marketing"
ACCESSES = 20


@customer_page
def profile(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Who the bank thinks he is, and what he allows."""
    granted = {
        c.channel for c in parties.consents_of(party_id) if c.purpose == PURPOSE and c.granted
    }
    context = {
        "party": parties.party(party_id),
        "switches": [(channel, channel in granted) for channel in CHANNELS],
        "accesses": audit.accesses("party", parties.ids_of(party_id), ACCESSES),
    }
    return render(request, "mobile/profile.html", context)


@require_http_methods(["GET", "POST"])
@customer_page
@door("partners.grant_mandate", "partners.withdraw_mandate")
def mandates(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Which partners may act on his instruction: given and withdrawn with one button each."""
    found = partners.mandates_of(party_id)
    if request.method == "POST":
        chosen = request.POST.get("partner", "")
        mandate = next((m for m in found if str(m.partner_id) == chosen), None)
        if mandate is None:
            raise NotFound("mobile.unknown_partner", _("You are no member of this partner."))
        if request.POST.get("granted") == "on":
            partner_services.grant_mandate(
                party_id, mandate.partner_id, evidence=f"mobile:{uuid7()}"
            )
        else:
            partner_services.withdraw_mandate(party_id, mandate.partner_id)
        messages.success(request, _("Saved. It holds from now on."))
        return redirect("mobile:mandates")
    return render(request, "mobile/mandates.html", {"mandates": found})


@require_POST
@customer_page
@door("parties.grant_consents", "parties.withdraw_consent")
def consent(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Give or withdraw consent for one channel; it holds at once for every department."""
    channel = request.POST.get("channel", "")
    if channel in CHANNELS:
        if request.POST.get("granted") == "on":
            services.grant_consents(
                [NewConsent(party_id, PURPOSE, channel, True, f"mobile:{uuid7()}", "bank")]
            )
        else:
            services.withdraw_consent(party_id, PURPOSE, channel)
        messages.success(request, _("Saved. It holds at once for every department."))
    return redirect("mobile:profile")
