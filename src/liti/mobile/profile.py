"""The customer himself: his name whole, his numbers masked, what he consents to, who looked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from liti.core import audit
from liti.core.channels import CHANNELS
from liti.core.doors import door
from liti.core.errors import NotFound
from liti.core.ids import uuid7
from liti.core.texts import local
from liti.market import queries as market
from liti.mobile.access import customer_page
from liti.parties import queries as parties
from liti.parties import services
from liti.parties.services import ANY, NewConsent
from liti.partners import queries as partners
from liti.partners import services as partner_services

PURPOSE = "marketing"
ACCESSES = 20


@customer_page
def profile(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Who the bank thinks he is, and what he allows."""
    context = {
        "party": parties.own_party(party_id),
        "switches": _switches(party_id),
        "accesses": audit.accesses("party", parties.ids_of(party_id), ACCESSES),
    }
    return render(request, "mobile/profile.html", context)


def _gives(request: HttpRequest) -> bool:
    """Whether a form gives something away; to refuse or take back nobody is asked again."""
    return request.method == "POST" and request.POST.get("granted") == "on"


@require_http_methods(["GET", "POST"])
@customer_page
@reauthentication_required(enabled=_gives)
@door("partners.grant_mandate", "partners.withdraw_mandate", "partners.leave_partner")
def mandates(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """What partners ask of him, which may act on his instruction, and the way out of each."""
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
            messages.success(request, _("Saved. It holds from now on."))
        else:
            _take_back(request, party_id, mandate.partner_id)
        return redirect("mobile:mandates")
    waiting = partners.enrolments_waiting(party_id)
    return render(request, "mobile/mandates.html", {"mandates": found, "waiting": waiting})


def _take_back(request: HttpRequest, party_id: UUID, partner_id: UUID) -> None:
    under_way = partner_services.withdraw_mandate(party_id, partner_id)
    if request.POST.get("leave") == "on":
        partner_services.leave_partner(party_id, partner_id)
    messages.success(request, _("Saved. It holds from now on."))
    for order_id in under_way:
        place = reverse("mobile:order", args=[order_id])
        text = _("An order that the partner placed before is under way: %(place)s")
        messages.warning(request, text % {"place": place})


@require_POST
@customer_page
@reauthentication_required(enabled=_gives)
@door("partners.confirm_enrolment", "partners.decline_enrolment")
def enrolment(request: HttpRequest, party_id: UUID, enrolment_id: UUID) -> HttpResponse:
    """Say yes or no to a partner that says he is its member."""
    if request.POST.get("granted") == "on":
        partner_services.confirm_enrolment(party_id, enrolment_id, evidence=f"mobile:{uuid7()}")
        messages.success(request, _("You are a member now. It may do nothing for you yet."))
    else:
        partner_services.decline_enrolment(party_id, enrolment_id)
        messages.success(request, _("Declined. The partner is not told."))
    return redirect("mobile:mandates")


@dataclass(frozen=True, slots=True)
class Switch:
    """One consent as the customer sees it; `key` names it in the form."""

    key: str
    purpose: str
    channel: str
    recipient: str
    product: str
    granted: bool
    since: datetime | None = None
    source: str = ""


def _switches(party_id: UUID) -> list[Switch]:
    """Every consent that staff see, and the channels that nobody has spoken of yet."""
    known = [
        Switch(
            _key(c.purpose, c.channel, c.recipient, c.product),
            c.purpose,
            c.channel,
            c.recipient,
            "" if c.product == ANY else _product(c.product),
            c.granted,
            c.since,
            c.source,
        )
        for c in parties.consents_of(party_id)
    ]
    keys = {switch.key for switch in known}
    silent = [
        Switch(key, PURPOSE, channel, "bank", "", False)
        for channel in CHANNELS
        if (key := _key(PURPOSE, channel, "bank", ANY)) not in keys
    ]
    return sorted([*known, *silent], key=lambda s: (s.purpose != PURPOSE, s.purpose, s.key))


def _product(code: str) -> str:
    try:
        return local(market.product(code))
    except NotFound:
        return code


def _key(*scope: str) -> str:
    return "|".join(scope)


@require_POST
@customer_page
@door("parties.grant_consents", "parties.withdraw_consent")
def consent(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Give or withdraw one consent; it holds at once for every department."""
    chosen = request.POST.get("consent", "")
    if chosen not in {switch.key for switch in _switches(party_id)}:
        raise NotFound("mobile.unknown_consent", _("There is no such consent."))
    purpose, channel, recipient, product = chosen.split("|")
    said = f"mobile:{uuid7()}"
    if request.POST.get("granted") == "on":
        services.grant_consents(
            [NewConsent(party_id, purpose, channel, True, said, recipient, product=product)]
        )
    else:
        services.withdraw_consent(party_id, purpose, channel, recipient, said, product)
    messages.success(request, _("Saved. It holds at once for every department."))
    return redirect("mobile:profile")
