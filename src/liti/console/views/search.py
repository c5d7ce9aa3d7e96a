"""The search of the top bar: hits while typing, as links."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from liti.console.access import CUSTOMERS, LEDGER, may, staff_page
from liti.console.catalogue.ledger import account_href
from liti.ledger import queries as ledger
from liti.parties import queries as parties

HITS = 6
TEXT_MIN = 2
TEXT_MAX = 80


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the list."""

    title: str
    note: str
    href: str
    icon: str


@staff_page(CUSTOMERS)
def search(request: HttpRequest) -> HttpResponse:
    """Customers, and for those who see the books accounts, that fit the words."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    hits: list[Hit] = []
    if len(text) >= TEXT_MIN:
        hits = customers(text) + (accounts(text) if may(LEDGER) else [])
    return render(
        request, "console/parts/hits.html", {"hits": hits, "asked": len(text) >= TEXT_MIN}
    )


def customers(text: str) -> list[Hit]:
    """Customers by name, number or mobile, masked."""
    return [
        Hit(
            p.name_masked,
            " · ".join(w for w in (p.id_number_masked, p.mobile_masked) if w),
            reverse("console:customer", args=[p.id]),
            "building" if p.kind == "organisation" else "user",
        )
        for p in parties.search(text, limit=HITS)
    ]


def accounts(text: str) -> list[Hit]:
    """Ledger accounts by number or name."""
    return [
        Hit(a.code or a.name, a.name, account_href(a.id), "book")
        for a in ledger.accounts(text=text, limit=HITS)
    ]
