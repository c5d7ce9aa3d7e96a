"""What a reader asked a list for, read from the address, and the rows that answer it.

Everything stands in the address: `q`, the filters by name, `order` (a column, with "-" from the
greatest down) and `offset`. A list that has its rows at hand (`whole`) is sorted here, by what
its cells say; one that fetches them is sorted and counted by its room.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext as _

from liti.console.resources import Column, Filter, Query, Resource
from liti.core import params
from liti.core.addresses import number_in
from liti.core.entrance import shown
from liti.core.errors import InvalidInput
from liti.core.listing import no_such_order

OFFSET_MAX = 100_000
TEXT_MAX = 80
BATCH = 100


@dataclass(frozen=True, slots=True)
class Shown:
    """A page of a list. `counted` is the number of rows, or the bound where there are more."""

    rows: Sequence[Any]
    counted: int
    more: bool
    sortable: bool
    savable: bool


def asked(request: HttpRequest, declared: Resource, within: str = "") -> Query:
    """The query in the address. Raises InvalidInput for a filter's value or an order that the
    list does not have, NotFound for an offset that is no number."""
    order = request.GET.get("order", "")
    if order and order.removeprefix("-") not in {c.name for c in sortable(declared)}:
        raise no_such_order(order)
    return Query(
        text=request.GET.get("q", "").strip()[:TEXT_MAX] if declared.search else "",
        filters={f.name: _chosen(f, request.GET.get(f.name, "")) for f in declared.filters},
        offset=number_in(request.GET.get("offset", ""), most=OFFSET_MAX) or 0,
        limit=declared.page_size,
        order=order,
        within=within,
    )


def _chosen(declared: Filter, value: str) -> str:
    if value and value not in {str(v) for v, _word in declared.options()}:
        raise InvalidInput(
            "console.bad_filter",
            _("“%(value)s” is not one of “%(filter)s”.")
            % {"value": shown(value), "filter": declared.title},
            remedy=_("Choose one of the list's own filters."),
            field=declared.name,
        )
    return value


def sortable(declared: Resource) -> list[Column]:
    """The columns by which the list may be sorted."""
    at_hand = declared.fetch is None
    return [c for c in declared.columns if c.sorts or (at_hand and c.sorts is None)]


def page(declared: Resource, query: Query) -> Shown:
    """The rows of a page with how many there are. Raises InvalidInput where so many rows are
    not sorted."""
    bound = int(params.get("core.lists.counted"))
    at_hand = rows_at_hand(declared, query)
    if at_hand is not None:
        rows, found = at_hand[query.offset : query.offset + query.limit], len(at_hand)
        can_sort = True
    else:
        found = _count(declared, query, bound + 1)
        can_sort = (found <= bound and not declared.sorted_most) or _may_sort(declared, query)
        if query.order and not can_sort:
            raise _too_many(_("So many rows are not sorted."), int(params.get("core.lists.sorted")))
        rows = declared.fetch(query)[: query.limit] if declared.fetch else []
    savable = bool(found) and found <= int(params.get("core.lists.saved"))
    return Shown(rows, min(found, bound), found > bound, can_sort, savable)


def total(declared: Resource, filters: Mapping[str, str]) -> tuple[int, bool]:
    """How many rows the list says it has under these filters, and whether there are more."""
    query = Query(filters={f.name: filters.get(f.name, "") for f in declared.filters})
    bound = int(params.get("core.lists.counted"))
    at_hand = rows_at_hand(declared, query)
    found = len(at_hand) if at_hand is not None else _count(declared, query, bound + 1)
    return min(found, bound), found > bound


def every_row(declared: Resource, query: Query) -> list[Any]:
    """All rows of a query, a batch at a time. Raises InvalidInput where they are too many."""
    most = int(params.get("core.lists.saved"))
    query = replace(query, offset=0, limit=BATCH)
    at_hand = rows_at_hand(declared, query)
    found = list(at_hand) if at_hand is not None else []
    if at_hand is None and _count(declared, query, most + 1) <= most:
        while batch := list(declared.fetch(query)[:BATCH] if declared.fetch else []):
            found += batch
            query = replace(query, offset=query.offset + BATCH)
            if len(batch) < BATCH or len(found) > most:
                break
    elif at_hand is None:
        raise _too_many(_("So many rows are not saved in one file."), most)
    if len(found) > most:
        raise _too_many(_("So many rows are not saved in one file."), most)
    return found


def rows_at_hand(declared: Resource, query: Query) -> Sequence[Any] | None:
    """All rows in the order asked for, of a list that has them; None of one that fetches."""
    found = declared.whole(query) if declared.whole else None
    if found is None or not query.order:
        return found
    column = next(c for c in declared.columns if c.name == query.order.removeprefix("-"))
    with_value = [(column.rank(row), row) for row in found]
    empty = [row for rank, row in with_value if rank is None]
    filled = [pair for pair in with_value if pair[0] is not None]
    filled.sort(key=lambda pair: pair[0], reverse=query.order.startswith("-"))
    return [row for _rank, row in filled] + empty


def _count(declared: Resource, query: Query, most: int) -> int:
    return declared.total(query, most) if declared.total else 0


def _may_sort(declared: Resource, query: Query) -> bool:
    most = int(params.get("core.lists.sorted"))
    most = min(most, declared.sorted_most() if declared.sorted_most else most)
    return _count(declared, query, most + 1) <= most


def _too_many(message: str, most: int) -> InvalidInput:
    return InvalidInput(
        "console.too_many_rows",
        message,
        remedy=_("Narrow the list to %(most)d rows by a filter or a word.") % {"most": most},
    )
