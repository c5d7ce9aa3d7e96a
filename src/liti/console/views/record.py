"""A customer's record as of any day: each value, where it came from, and what decided."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.console.access import CUSTOMERS, staff_page
from liti.core import audit
from liti.core.clock import local_date
from liti.core.entrance import day
from liti.core.errors import LitiError
from liti.parties import queries as parties


@staff_page(CUSTOMERS)
def record(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The record of this very id on a day (`on`, default today), masked. Leaves a trace."""
    asked = request.GET.get("on", "")
    on: date = local_date()
    found: parties.RecordView | None = None
    refusal: LitiError | None = None
    try:
        on = day(asked, field="on") if asked else on
        audit.record_access("party", party_id, "record_page", [])
        found = parties.record_on(party_id, on)
    except LitiError as error:
        refusal = error
    context = {
        "party": parties.party(party_id),
        "asked": party_id,
        "on": asked or on.isoformat(),
        "today": local_date(),
        "record": found,
        "refusal": refusal,
        "changes": parties.changes_of(party_id),
    }
    status = refusal.status if refusal else 200
    return render(request, "console/record.html", context, status=status)
