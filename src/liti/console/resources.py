"""Pages by declaration: a Resource says what a list and a detail show and to whom.

A room's pages are added by one file in `catalogue/` that registers resources; lists, search,
filters, paging, detail pages, the menu and the 403 come from here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise

from liti.console import cells
from liti.console.access import Roles, may
from liti.core.errors import NotFound
from liti.ui.figure import Figure

Text = str | Promise
PAGE_SIZE = 25


@dataclass(frozen=True, slots=True)
class Query:
    """What the reader asked a list for. `order` is a column's name, with "-" from the greatest
    down; without one the list has its own. `within`: the key of the thing whose rows it shows."""

    text: str = ""
    filters: Mapping[str, str] = field(default_factory=dict)
    offset: int = 0
    limit: int = PAGE_SIZE
    order: str = ""
    within: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `kind` decides how a value is written (cells.py).

    `sorts`: whether a list may be sorted by it; None: where the list has all rows at hand.
    `by` gives what it is sorted by where that is not the value as it is written.
    """

    name: str
    title: Text
    kind: str = "text"
    value: Callable[[Any], Any] | None = None
    href: Callable[[Any], str | None] | None = None
    sorts: bool | None = None
    by: Callable[[Any], Any] | None = None

    @property
    def is_number(self) -> bool:
        return self.kind in {"money", "signed_money", "number", "percent", "basis_points"}

    def read(self, row: Any) -> Any:
        """The cell's value."""
        return self.value(row) if self.value else getattr(row, self.name)

    def rank(self, row: Any) -> Any:
        """What the row is sorted by: a number, a day or the words of the cell; None for none."""
        value = self.by(row) if self.by else self.read(row)
        if value is None or isinstance(value, int | Decimal | float | date):
            return value
        return cells.plain(value, self.kind).casefold() or None


@dataclass(frozen=True, slots=True)
class Filter:
    """A select above the list; `options` gives (value, word) pairs when the page is drawn."""

    name: str
    title: Text
    options: Callable[[], Sequence[tuple[str, Text]]]


@dataclass(frozen=True, slots=True)
class Fact:
    """A labelled value in a detail's head; `source` says where it comes from."""

    title: Text
    value: Any
    kind: str = "text"
    source: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A card on a detail page: a table, a figure, or a text."""

    title: Text
    columns: Sequence[Column] = ()
    rows: Sequence[Any] = ()
    figure: Figure | None = None
    text: str = ""
    note: Text = ""
    empty: Text = ""
    width: int = 12
    link: Callable[[Any], str | None] | None = None
    more: str = ""
    facts: Sequence[Fact] = ()


@dataclass(frozen=True, slots=True)
class Action:
    """A button: a link, or with `post` a form that changes something."""

    name: str
    title: Text
    href: str
    roles: Roles
    icon: str = "chevron"
    post: bool = False
    primary: bool = False
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Detail:
    """What a detail page shows."""

    title: str
    subtitle: str = ""
    state: str = ""
    facts: Sequence[Fact] = ()
    panels: Sequence[Panel] = ()
    actions: Sequence[Action] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A list with its details.

    Either `whole` gives all rows that a query finds, in the list's own order (few, or bounded
    by its room), or `fetch` up to `limit` of them from `offset` on in the order asked for, and
    `total` how many there are, counted to a bound. `party`: whose personal data a row shows.
    `parent`: the list to which a detail belongs that has no list of its own. `home`: the address
    of the page on which the list stands that has none of its own, by the key of its thing
    (`Query.within`). `sorted_most`: how many rows it sorts, where that is fewer than any list's.
    `acts_on`: on which thing, by its key, the commands of a row are done.
    """

    name: str
    title: Text
    group: str
    icon: str
    roles: Roles
    columns: Sequence[Column]
    whole: Callable[[Query], Sequence[Any] | None] | None = None
    fetch: Callable[[Query], Sequence[Any]] | None = None
    total: Callable[[Query, int], int] | None = None
    party: Callable[[Any], UUID | None] | None = None
    parent: str = ""
    link: Callable[[Any], str | None] | None = None
    detail: Callable[[str], Detail] | None = None
    filters: Sequence[Filter] = ()
    search: Text = ""
    page_size: int = PAGE_SIZE
    about: Text = ""
    empty: Text = ""
    hint: Text = ""
    actions: Callable[[], Sequence[Action]] | None = None
    refresh_seconds: int = 0
    order: int = 50
    in_menu: bool = True
    count: Callable[[], int] | None = None
    home: Callable[[str], str] | None = None
    sorted_most: Callable[[], int] | None = None
    acts_on: Callable[[Any], tuple[str, Any] | None] | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page with a view of its own that stands in the menu."""

    name: str
    title: Text
    group: str
    icon: str
    roles: Roles
    url_name: str
    order: int = 50
    count: Callable[[], int] | None = None


_resources: dict[str, Resource] = {}
_pages: dict[str, Page] = {}


def register(*declared: Resource | Page) -> None:
    """Add resources and pages; a name is used once."""
    for item in declared:
        assert item.name not in {*_resources, *_pages}, item.name
        if isinstance(item, Resource):
            _resources[item.name] = item
        else:
            _pages[item.name] = item


def resource(name: str) -> Resource:
    """The resource of that name. Raises NotFound."""
    try:
        return _resources[name]
    except KeyError:
        raise NotFound("console.unknown_list", f"No list {name}.")


def above(name: str) -> Resource | Page:
    """What a breadcrumb of that name leads to. Raises NotFound."""
    if name in _pages:
        return _pages[name]
    found = resource(name)
    listed = found.columns and not found.home
    return found if listed or not found.parent else above(found.parent)


def href_of(name: str, key: str = "") -> str:
    """The address of a page by name, or of the thing `key` on it; "" where there is none or
    the reader's role does not open it."""
    if name in _pages and may(_pages[name].roles):
        return reverse(_pages[name].url_name)
    found = _resources.get(name)
    if found is None or not may(found.roles):
        return ""
    if key and found.detail:
        return reverse("console:detail", args=[name, key])
    listed = found.columns and not found.home
    return reverse("console:list", args=[name]) if listed else href_of(found.parent)


def title_of(name: str) -> str:
    """The title of a page or list by name; "" where there is none."""
    found = _pages.get(name) or _resources.get(name)
    return str(found.title) if found else ""


def declared() -> list[Resource | Page]:
    """Everything that may stand in the menu, in its order."""
    shown: list[Resource | Page] = [r for r in _resources.values() if r.in_menu]
    shown += _pages.values()
    return sorted(shown, key=lambda item: (item.order, item.name))
