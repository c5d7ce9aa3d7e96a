"""The sweep: holding, buying (form, confirmation, result), selling, the questionnaire."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.accounts import queries as accounts
from liti.core.doors import door
from liti.core.errors import InvalidInput, LitiError, NotFound
from liti.core.money import to_minor
from liti.market import queries as market
from liti.market import services
from liti.market.queries import ProductView
from liti.mobile.access import customer_page, own
from liti.wealth import queries as wealth

CHANNEL = "mobile"


def sweep_product(party_id: UUID) -> ProductView:
    """The wealth product that takes orders today. Raises NotFound when the shelf has none."""
    for product in market.shelf(party_id):
        if product.category == "wealth" and product.takes_orders:
            return product
    raise NotFound("mobile.no_product", _("No wealth product is on sale now."))


@customer_page
def sweep(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """What is held and what moved it."""
    holdings = wealth.holdings_of(party_id)
    product = sweep_product(party_id)
    context = {
        "product": product,
        "published": wealth.published_yield(product.code),
        "holdings": holdings,
        "value_minor": sum(h.value_minor for h in holdings),
        "transit_minor": sum(h.in_transit_minor for h in holdings),
        "income_minor": sum(h.income_total_minor for h in holdings),
        "last_income_minor": sum(h.last_income_minor for h in holdings),
        "movements": [m for h in holdings for m in wealth.movements_of_account(h.account_id, 20)],
    }
    return render(request, "mobile/sweep.html", context)


@require_http_methods(["GET", "POST"])
@customer_page
@door("market.place_order", "market.quote_order")
def buy(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Buy: amount, then confirmation, then the order. The key makes a repeat harmless."""
    product = sweep_product(party_id)
    if product.suitability is not None and not product.suitability.ok:
        return render(request, "mobile/unsuitable.html", {"product": product})
    return _trade(request, party_id, product, selling=False)


@require_http_methods(["GET", "POST"])
@customer_page
@door("market.sell_order")
def sell(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Sell back to the account, at once."""
    return _trade(request, party_id, sweep_product(party_id), selling=True)


def _trade(
    request: HttpRequest, party_id: UUID, product: ProductView, *, selling: bool
) -> HttpResponse:
    held = accounts.own_accounts(party_id)
    holdings = wealth.holdings_of(party_id)
    given = request.POST
    context: dict[str, Any] = {
        "product": product,
        "accounts": held,
        "holdings": holdings,
        "selling": selling,
        "given": given,
        "key": given.get("key") or f"mobile-{uuid4()}",
        "available_minor": sum(h.redeemable_today_minor for h in holdings) if selling else None,
    }
    status = 200
    if request.method == "POST":
        try:
            account = own(held, given.get("account", ""))
            amount = to_minor(given.get("amount", ""), product.currency)
            if given.get("step") == "place":
                command = services.sell_order if selling else services.place_order
                placed = command(
                    party_id, product.code, account.id, amount, channel=CHANNEL, key=context["key"]
                )
                return redirect("mobile:order", placed.id)
            if amount <= 0:
                raise InvalidInput("mobile.amount", _("The amount must be more than zero."))
            # Each page that asks for confirmation is a quote of its own: who goes back and
            # changes the amount has not used this key.
            context["key"] = f"mobile-{uuid4()}"
            quote = services.quote_order(
                party_id,
                product.code,
                account.id,
                amount,
                side="sell" if selling else "buy",
                channel=CHANNEL,
                key=context["key"],
            )
            context |= {"account": account, "amount_minor": amount, "confirming": True}
            context["quote"] = quote
        except LitiError as error:
            context |= {"refusal": error, "confirming": False}
            status = error.status
    return render(request, "mobile/trade.html", context, status=status)


@customer_page
def order(request: HttpRequest, party_id: UUID, order_id: UUID) -> HttpResponse:
    """The receipt of an order: what became of it, and when."""
    found = market.order(order_id)
    if found.party_id != party_id:
        raise NotFound("market.unknown_order", _("You have no such order."))
    context = {"order": found, "account": accounts.account(found.account_id)}
    return render(request, "mobile/order.html", context)


@require_http_methods(["GET", "POST"])
@customer_page
@door("market.assess")
def assessment(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The risk questionnaire; its result opens the way back to buying."""
    questions = market.questionnaire()["questions"]
    context: dict[str, Any] = {"questions": questions, "given": request.POST}
    status = 200
    if request.method == "POST":
        codes = [q["code"] for q in questions]
        answers = {code: request.POST[code] for code in codes if code in request.POST}
        try:
            context["result"] = services.assess(party_id, answers)
        except LitiError as error:
            context["refusal"] = error
            status = error.status
    context["back"] = reverse("mobile:buy")
    return render(request, "mobile/assessment.html", context, status=status)
