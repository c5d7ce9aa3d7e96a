"""Payments and orders of the customer, each with its receipt."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from liti.accounts import queries as accounts
from liti.core.texts import local
from liti.market import queries as market
from liti.mobile.access import customer_page
from liti.payments import queries as payments
from liti.ui.labels import label_of

LATEST = 100


@dataclass(frozen=True, slots=True)
class Receipt:
    """One line of the list; the amount in minor units, `thing` names the words of its state."""

    title: str
    amount_minor: int
    status: str
    thing: str
    number: str
    at: datetime
    href: str


@require_GET
@customer_page
def receipts(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The latest payments and orders together, newest first."""
    found = [
        Receipt(
            pgettext("payment", "Withdraw") if p.direction == "out" else _("Top up"),
            p.amount_minor,
            p.status,
            "payment",
            p.number,
            p.initiated_at,
            reverse("mobile:payment", args=[p.id]),
        )
        for a in accounts.accounts_of(party_id)
        for p in payments.payments_of(a.id, LATEST)
    ]
    found += [
        Receipt(
            f"{local(o, 'product')} · {label_of(o.side)}",
            o.amount_minor,
            o.status,
            "order",
            o.number,
            o.created_at,
            reverse("mobile:order", args=[o.id]),
        )
        for o in market.orders_of(party_id, LATEST)
        if o.status not in ("quoted", "suitable")
    ]
    found.sort(key=lambda receipt: receipt.at, reverse=True)
    return render(request, "mobile/receipts.html", {"receipts": found[:LATEST]})
