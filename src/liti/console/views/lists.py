"""The generic list and detail of declared resources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from liti.console.access import STAFF, require, staff_page
from liti.console.resources import Query, Resource, resource
from liti.core.addresses import number_in
from liti.core.errors import NotFound

OFFSET_MAX = 100_000
TEXT_MAX = 80


@staff_page(STAFF)
def resource_list(request: HttpRequest, name: str) -> HttpResponse:
    """A list; asked by htmx it is only the table, so that search is live."""
    declared = resource(name)
    require(declared.roles)
    context = list_context(request, declared)
    partial = request.htmx and not request.htmx.boosted  # type: ignore[attr-defined]  # middleware
    template = "console/parts/table.html" if partial else "console/list.html"
    return render(request, template, context)


@staff_page(STAFF)
def resource_detail(request: HttpRequest, name: str, key: str) -> HttpResponse:
    """A detail page."""
    declared = resource(name)
    require(declared.roles)
    if declared.detail is None:
        raise NotFound("console.no_detail", f"{declared.title} {key}")
    context = {"resource": declared, "detail": declared.detail(key), "key": key}
    return render(request, "console/detail.html", context)


def list_context(request: HttpRequest, declared: Resource) -> dict[str, Any]:
    """Rows of the page and what the controls need."""
    offset = number_in(request.GET.get("offset", ""), most=OFFSET_MAX) or 0
    query = Query(
        text=request.GET.get("q", "").strip()[:TEXT_MAX],
        filters={f.name: request.GET.get(f.name, "") for f in declared.filters},
        offset=offset,
        limit=declared.page_size + 1,
    )
    rows = list(declared.fetch(query))
    return {
        "resource": declared,
        "rows": rows[: declared.page_size],
        "query": replace(query, limit=declared.page_size),
        "filters": [
            (f, query.filters[f.name], [(str(v), str(w)) for v, w in f.options()])
            for f in declared.filters
        ],
        "first": offset + 1,
        "last": offset + min(len(rows), declared.page_size),
        "before": max(offset - declared.page_size, 0) if offset else None,
        "after": offset + declared.page_size if len(rows) > declared.page_size else None,
        "narrowed": bool(query.text or any(query.filters.values())),
        "actions": declared.actions() if declared.actions else [],
    }
