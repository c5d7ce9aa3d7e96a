"""Home, accounts and their entries."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.accounts import queries as accounts
from liti.core.addresses import number_in
from liti.mobile.access import customer_page, own_account
from liti.mobile.waiting import count_of
from liti.parties import queries as parties
from liti.wealth import queries as wealth

ENTRIES_HOME = 6
ENTRIES_PAGE = 25


@customer_page
def home(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """Assets, the sweep's last income, accounts and the latest entries."""
    held = accounts.accounts_of(party_id)
    holdings = wealth.holdings_of(party_id)
    deposits = sum(a.balance_minor for a in accounts.own_accounts(party_id))
    invested = sum(h.value_minor for h in holdings)
    context = {
        "party": parties.own_party(party_id),
        "accounts": held,
        "deposits_minor": deposits,
        "invested_minor": invested,
        "assets_minor": deposits + invested,
        "last_income_minor": sum(h.last_income_minor for h in holdings),
        "entries": accounts.entries_of(held[0].id, limit=ENTRIES_HOME) if held else [],
        "first_account": held[0] if held else None,
        "waiting": count_of(party_id),
    }
    return render(request, "mobile/home.html", context)


@customer_page
def accounts_page(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """All accounts with the cards bound to them."""
    held = [(a, accounts.bound_cards(a.id)) for a in accounts.accounts_of(party_id)]
    return render(request, "mobile/accounts.html", {"accounts": held})


@customer_page
def account(request: HttpRequest, party_id: UUID, account_id: UUID) -> HttpResponse:
    """One account; older entries follow while the reader scrolls."""
    found = own_account(party_id, account_id)
    before = number_in(request.GET.get("before", ""))
    entries = accounts.entries_of(
        found.id,
        before_seq=before,
        limit=ENTRIES_PAGE + 1,
    )
    shown = entries[:ENTRIES_PAGE]
    context = {
        "account": found,
        "entries": shown,
        "older": shown[-1].seq if len(entries) > ENTRIES_PAGE else None,
    }
    partial = before is not None and request.htmx  # type: ignore[attr-defined]  # middleware
    return render(request, "mobile/entries.html" if partial else "mobile/account.html", context)
