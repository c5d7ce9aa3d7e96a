"""Money in and out by the bound card, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.accounts import queries as accounts
from liti.core.doors import door
from liti.core.errors import LitiError, NotFound, Unavailable
from liti.core.money import to_minor
from liti.mobile.access import customer_page, own
from liti.payments import queries, services
from liti.payments.queries import PaymentView

OPEN = {"initiated", "sent", "unknown"}


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.withdraw")
def withdraw(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """To the bound card."""
    return _pay(request, party_id, services.withdraw, out=True)


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.top_up")
def top_up(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """From the bound card."""
    return _pay(request, party_id, services.top_up, out=False)


def _pay(
    request: HttpRequest, party_id: UUID, command: Callable[..., PaymentView], *, out: bool
) -> HttpResponse:
    held = accounts.accounts_of(party_id)
    choices = [(a, card) for a in held for card in accounts.bound_cards(a.id)]
    given = request.POST
    context: dict[str, Any] = {
        "choices": choices,
        "given": given,
        "out": out,
        "key": given.get("key") or f"mobile-{uuid4()}",
    }
    status = 200
    if request.method == "POST":
        try:
            account, card = _chosen(choices, given.get("way", ""))
            amount = to_minor(given.get("amount", ""))
            paid = command(own(held, account.id).id, card.id, amount, context["key"])
            return redirect("mobile:payment", paid.id)
        except LitiError as error:
            context["refusal"] = error
            status = error.status
    return render(request, "mobile/pay.html", context, status=status)


def _chosen(choices: list[tuple[Any, Any]], text: str) -> tuple[Any, Any]:
    for account, card in choices:
        if f"{account.id}/{card.id}" == text:
            return account, card
    raise NotFound("mobile.unknown_card", _("Choose one of your own cards."))


@require_http_methods(["GET", "POST"])
@customer_page
@door("payments.resolve")
def payment(request: HttpRequest, party_id: UUID, payment_id: UUID) -> HttpResponse:
    """The payment's state; while it is open the page posts, which asks the clearing house."""
    found = queries.payment(payment_id)
    own(accounts.accounts_of(party_id), found.account_id)
    if request.method == "POST" and found.status in OPEN:
        with suppress(Unavailable):
            found = services.resolve(payment_id)
    context = {"payment": found, "is_open": found.status in OPEN}
    template = "mobile/payment_state.html" if request.htmx else "mobile/payment.html"  # type: ignore[attr-defined]  # middleware
    return render(request, template, context)
