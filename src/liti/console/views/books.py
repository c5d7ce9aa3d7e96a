"""The ledger's own pages: an account with its entries, the trial balance."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.console.access import LEDGER, staff_page
from liti.console.resources import resource
from liti.console.views.lists import drawn, list_context
from liti.core import entrance
from liti.ledger import queries as ledger


@staff_page(LEDGER)
def account(request: HttpRequest, account_id: UUID) -> HttpResponse:
    """An account and its entries, newest first; asked by htmx it is only their table."""
    found = ledger.account(account_id)
    subject = next((s for s in ledger.subjects() if s.code == found.gl_code), None)
    context: dict[str, Any] = {"account": found, "subject": subject}
    context |= list_context(request, resource("entries"), str(account_id))
    return drawn(request, "console/account.html", context)


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
