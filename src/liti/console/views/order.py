"""Preparing an order for a customer at the desk or on the phone; he confirms it in his app."""

from __future__ import annotations

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.accounts import queries as accounts
from liti.console.access import MARKET, SERVICE, roles, staff_page
from liti.core.context import current_actor
from liti.core.doors import door
from liti.core.errors import LitiError, NotFound
from liti.core.money import to_minor
from liti.market import queries as market
from liti.market import services
from liti.parties import queries as parties

PLACE = MARKET & (SERVICE | roles("operation_head"))


@require_http_methods(["GET", "POST"])
@staff_page(PLACE)
@door("market.prepare_order")
def order(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The form with the customer's suitability for each product; POST lays it before him."""
    given = request.POST if request.method == "POST" else request.GET
    refusal: LitiError | None = None
    held = accounts.own_accounts(party_id)
    if request.method == "POST":
        try:
            prepared = services.prepare_order(
                party_id,
                given.get("product", ""),
                _own(given.get("account", ""), held),
                to_minor(given.get("amount", "")),
                channel=given.get("channel", "console"),
                key=given.get("key", ""),
                introduced_by=_introducer(),
            )
        except LitiError as error:
            refusal = error
        else:
            messages.success(request, _("The order waits for the customer in his app."))
            return redirect("console:detail", "prepared", prepared.id)
    products = [p for p in market.shelf(party_id) if p.takes_orders]
    context = {
        "party": parties.party(party_id),
        "accounts": held,
        "products": products,
        "may_place": any(p.suitability is not None and p.suitability.ok for p in products),
        "given": given,
        "refusal": refusal,
        "key": given.get("key") or f"console-{uuid4()}",
    }
    return render(request, "console/order.html", context, status=refusal.status if refusal else 200)


def _own(text: str, held: list[accounts.AccountView]) -> UUID:
    found = next((a.id for a in held if str(a.id) == text), None)
    if found is None:
        raise NotFound("console.unknown_account", _("Choose one of the customer's accounts."))
    return found


def _introducer() -> list[services.Contribution]:
    actor = current_actor()
    if not actor.department:
        return []
    return [services.Contribution("seller", actor.department, actor.label)]
