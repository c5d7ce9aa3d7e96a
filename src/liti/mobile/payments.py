"""Money in and out by the bound card: asked for, reviewed, confirmed, and what became of it."""

from __future__ import annotations

from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.accounts import queries as accounts
from liti.accounts.queries import AccountView, CardView
from liti.core import params
from liti.core.doors import door
from liti.core.errors import LitiError, NotFound, Unavailable
from liti.core.money import to_minor
from liti.core.turns import one_at_a_time
from liti.mobile.access import customer_page, own
from liti.mobile.confirming import confirmed, proof_of, require_himself, shown
from liti.payments import queries, services
from liti.payments.queries import PaymentView

OPEN = {"initiated", "sent", "unknown"}
Ways = list[tuple[AccountView, CardView]]


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.withdraw", "payments.review")
def withdraw(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """To the bound card."""
    return _pay(request, party_id, "out")


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.top_up", "payments.review")
def top_up(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """From the bound card."""
    return _pay(request, party_id, "in")


def _pay(request: HttpRequest, party_id: UUID, direction: str) -> HttpResponse:
    held = accounts.accounts_of(party_id)
    ways: Ways = [(a, card) for a in held for card in accounts.bound_cards(a.id)]
    context: dict[str, Any] = {
        "choices": ways,
        "accounts": list({a.id: a for a, _card in ways}.values()),
        "given": request.POST,
        "out": direction == "out",
        "proof": proof_of(request) if direction == "out" else "",
    }
    status, template = 200, "mobile/pay.html"
    if request.method == "POST":
        try:
            if request.POST.get("step") == "confirm":
                template = "mobile/pay_review.html"
                return _confirm(request, ways, direction, context)
            _review(request, ways, direction, context)
            template = "mobile/pay_review.html"
        except LitiError as error:
            context["refusal"] = error
            status = error.status
            if "account" not in context:
                template = "mobile/pay.html"
    return render(request, template, context, status=status)


def _review(request: HttpRequest, ways: Ways, direction: str, context: dict[str, Any]) -> None:
    """What the confirmation will say, signed; refused now if it would be refused then."""
    account, card = _chosen(ways, request.POST.get("way", ""))
    amount = to_minor(request.POST.get("amount", ""))
    services.review(direction, account.id, card.id, amount)
    what = {
        "way": f"{account.id}/{card.id}",
        "amount": amount,
        "direction": direction,
        "key": f"mobile-{uuid4()}",
    }
    context |= {
        "account": account,
        "card": card,
        "amount_minor": amount,
        "shown": shown(request, what),
    }


def _confirm(
    request: HttpRequest, ways: Ways, direction: str, context: dict[str, Any]
) -> HttpResponse:
    """Once, and exactly what was shown; a second click finds the payment of the first."""
    what = confirmed(request, int(params.get("payments.review.minutes")))
    account, card = _chosen(ways, what["way"] if what["direction"] == direction else "")
    context |= {
        "account": account,
        "card": card,
        "amount_minor": what["amount"],
        "shown": request.POST["shown"],
    }
    with one_at_a_time(f"mobile.pay {what['key']}"):
        paid: PaymentView | None = queries.payment_by_key(account.id, what["key"])
        if paid is None:
            if direction == "out":
                require_himself(request)
            command = services.withdraw if direction == "out" else services.top_up
            paid = command(account.id, card.id, what["amount"], what["key"])
    return redirect("mobile:payment", paid.id)


def _chosen(ways: Ways, text: str) -> tuple[AccountView, CardView]:
    for account, card in ways:
        if f"{account.id}/{card.id}" == text:
            return account, card
    raise NotFound("mobile.unknown_card", _("Choose one of your own cards."))


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.resolve")
def payment(request: HttpRequest, party_id: UUID, payment_id: UUID) -> HttpResponse:
    """The payment's receipt; while it is open the page posts, which asks the clearing house."""
    found = queries.payment(payment_id)
    account = own(accounts.accounts_of(party_id), found.account_id)
    if request.method == "POST" and found.status in OPEN:
        with suppress(Unavailable):
            found = services.resolve(payment_id)
    context = {
        "payment": found,
        "account": account,
        "card": accounts.bound_card(found.card_id),
        "is_open": found.status in OPEN,
    }
    template = "mobile/payment_state.html" if request.htmx else "mobile/payment.html"  # type: ignore[attr-defined]  # middleware
    return render(request, template, context)
