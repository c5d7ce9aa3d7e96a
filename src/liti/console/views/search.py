"""The search of the top bar: hits while typing, and a page of them all."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.console import finding
from liti.console.access import STAFF, staff_page

TEXT_MAX = 80
ALL = 25


@staff_page(STAFF)
def search(request: HttpRequest) -> HttpResponse:
    """What fits the words and may be opened; asked by htmx only the first hits of each kind."""
    text = request.GET.get("q", "").strip()[:TEXT_MAX]
    typing = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # middleware
    found = finding.find(text, finding.SHOWN if typing else ALL)
    if typing and found.refusal:
        raise found.refusal
    context = {"found": found, "text": text, "asked": finding.enough(text)}
    return render(request, "console/parts/hits.html" if typing else "console/search.html", context)
