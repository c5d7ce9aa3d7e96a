"""The sidebar: what the reader's roles open, in groups."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from liti.console.access import may
from liti.console.resources import Page, Resource, declared

# group key: its title, in the order of the sidebar
GROUPS: dict[str, str | Promise] = {
    "home": "",
    "customers": _("Customers"),
    "operation": _("Operation"),
    "market": _("Market and partners"),
    "books": _("Books"),
    "house": _("House"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the sidebar."""

    name: str
    title: str
    href: str
    icon: str
    current: bool
    count: int


@dataclass(frozen=True, slots=True)
class Group:
    """A titled stretch of the sidebar."""

    title: str
    items: tuple[Item, ...]


def groups(path: str) -> list[Group]:
    """The menu for the current actor; `path` marks where he is."""
    allowed = [d for d in declared() if may(d.roles)]
    found = []
    for key, title in GROUPS.items():
        lines = tuple(_item(d, path) for d in allowed if d.group == key)
        if lines:
            found.append(Group(str(title), lines))
    return found


def _item(entry: Resource | Page, path: str) -> Item:
    if isinstance(entry, Page):
        href = reverse(entry.url_name)
    else:
        href = reverse("console:list", args=[entry.name])
    current = path == href if href == "/" else path.startswith(href)
    count = entry.count() if entry.count else 0
    return Item(entry.name, str(entry.title), href, entry.icon, current, count)
