"""The ledger's own pages: an account with its entries, the trial balance."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.console.access import LEDGER, staff_page
from liti.core import entrance
from liti.core.addresses import number_in
from liti.ledger import queries as ledger

ENTRIES_SHOWN = 50


@staff_page(LEDGER)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """An account and its entries, newest first; older ones are asked for by `before`."""
    found = ledger.account(account_id)
    before = number_in(request.GET.get("before", ""))
    entries = ledger.entries(
        account_id,
        before_seq=before,
        limit=ENTRIES_SHOWN + 1,
    )
    shown = entries[:ENTRIES_SHOWN]
    context = {
        "account": found,
        "entries": shown,
        "older": shown[-1].seq if len(entries) > ENTRIES_SHOWN else None,
    }
    partial = before is not None and request.htmx  # type: ignore[attr-defined]  # middleware
    template = "console/parts/entries.html" if partial else "console/account.html"
    return render(request, template, context)


@staff_page(LEDGER)
def trial_balance(request: HttpRequest) -> HttpResponse:
    """Turnover and balance by subject, now or at the end of a day."""
    balance = ledger.trial_balance(_day(request.GET.get("on", "")))
    totals = (
        sum(line.debit_balance_minor for line in balance.lines),
        sum(line.credit_balance_minor for line in balance.lines),
    )
    return render(request, "console/trial_balance.html", {"balance": balance, "totals": totals})


def _day(text: str) -> date | None:
    return entrance.day(text, field="on") if text else None
