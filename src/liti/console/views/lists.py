"""The generic list and detail of declared resources."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from liti.console import listing, saving
from liti.console.access import STAFF, require, staff_page
from liti.console.resources import Resource, resource
from liti.core.clock import business_date
from liti.core.errors import NotFound

KEY_MAX = 60


@staff_page(STAFF)
def resource_list(request: HttpRequest, name: str) -> HttpResponse:
    """A list; asked by htmx it is only the table, so that search is live."""
    declared = _list(name)
    if declared.home:
        return redirect(declared.home(_within(request)))
    return drawn(request, "console/list.html", list_context(request, declared))


def drawn(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """A page with a list; asked by htmx it is only the list's table."""
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # middleware
    return render(request, "console/parts/table.html" if partial else template, context)


@require_safe
@staff_page(STAFF)
def resource_file(request: HttpRequest, name: str) -> HttpResponse:
    """The rows that the filters leave, all pages, as CSV; kept by no browser."""
    declared = _list(name)
    within = _within(request) if declared.home else ""
    text = saving.as_csv(declared, listing.asked(request, declared, within))
    response = HttpResponse(text, content_type="text/csv; charset=utf-8")
    file_name = f"{name}-{business_date():%Y-%m-%d}.csv"
    response["Content-Disposition"] = f'attachment; filename="{file_name}"'
    response["Cache-Control"] = "no-store, private"
    return response


@staff_page(STAFF)
def resource_detail(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """A detail page."""
    declared = resource(name)
    require(declared.roles)
    if declared.detail is None:
        raise NotFound("console.no_detail", f"{declared.title} {key}")
    context = {"resource": declared, "detail": declared.detail(key), "key": key}
    return render(request, "console/detail.html", context)


def list_context(request: HttpRequest, declared: Resource, within: str = "") -> dict[str, Any]:
    """Rows of the page and what the controls need."""
    query = listing.asked(request, declared, within)
    shown = listing.page(declared, query)
    end = query.offset + len(shown.rows)
    goes_on = bool(shown.rows) and (shown.more or end < shown.counted)
    return {
        "resource": declared,
        "rows": shown.rows,
        "query": query,
        "filters": [
            (f, query.filters[f.name], [(str(v), str(w)) for v, w in f.options()])
            for f in declared.filters
        ],
        "shown": shown,
        "sortable": listing.sortable(declared) if shown.sortable else [],
        "first": query.offset + 1,
        "last": end,
        "before": max(query.offset - declared.page_size, 0) if query.offset else None,
        "after": end if goes_on and end <= listing.OFFSET_MAX else None,
        "narrowed": bool(query.text or any(query.filters.values())),
        "actions": declared.actions() if declared.actions else [],
    }


def _within(request: HttpRequest) -> str:
    return request.GET.get("of", "")[:KEY_MAX]


def _list(name: str) -> Resource:
    """A list that the reader may open. Raises NotFound, PermissionDenied."""
    declared = resource(name)
    require(declared.roles)
    if not declared.columns:
        raise NotFound("console.unknown_list", f"No list {name}.")
    return declared
