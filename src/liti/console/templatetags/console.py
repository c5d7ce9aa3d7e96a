"""Tags of the console: the menu, cells of declared columns, values of facts."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from liti.console import cells, commands, who
from liti.console.access import may
from liti.console.menu import Group, groups
from liti.console.opening import opens
from liti.console.resources import Action, Column, Fact, Query, above, href_of

register = template.Library()


@register.simple_tag(takes_context=True)
def menu(context: dict[str, Any]) -> list[Group]:
    """The sidebar of the current actor."""
    request = context.get("request")
    return groups(request.path if request else "/")


@register.simple_tag
def cell(column: Column, row: Any, link: str | None = None) -> SafeString | str:
    """One cell; `link` makes it the row's link, a column's own `href` goes first."""
    value = cells.written(column.read(row), column.kind, row)
    own = column.href(row) if column.href else None
    if own and opens(own):
        return format_html('<a href="{}">{}</a>', own, value)
    return format_html('<a class="row-link" href="{}">{}</a>', link, value) if link else value


@register.simple_tag
def fact(item: Fact) -> SafeString | str:
    """A fact's value."""
    value = cells.written(item.value, item.kind, None)
    return format_html('<a href="{}">{}</a>', item.href, value) if opens(item.href) else value


@register.filter
def allowed(actions: list[Action]) -> list[Action]:
    """The actions that the current actor may take."""
    return [a for a in actions if may(a.roles) and opens(a.href)]


@register.simple_tag
def row_link(holder: Any, row: Any) -> str | None:
    """Where a row of a list or a panel leads."""
    href = holder.link(row) if holder.link else None
    return href if opens(href) else None


@register.filter(name="opens")
def opens_for_reader(href: str) -> bool:
    """Whether the page at an address opens for the current actor."""
    return opens(href)


@register.simple_tag
def sort_of(column: Column, query: Query) -> dict[str, str]:
    """How a column is sorted now (aria-sort's word), and the order that its title asks for."""
    up, down = column.name, f"-{column.name}"
    words = {up: "ascending", down: "descending"}
    return {"word": words.get(query.order, ""), "next": down if query.order == up else up}


@register.inclusion_tag("console/parts/crumb.html")
def crumb(name: str) -> dict[str, Any]:
    """The list or page that lies above, or that it belongs to; nothing for whom it does not
    open."""
    found = above(name)
    return {"href": href_of(found.name), "title": found.title}


@register.filter
def doers(trail: str) -> str:
    """Who did it, by name."""
    return who.doers(trail)


@register.filter
def at(values: dict[Any, Any], key: Any) -> Any:
    """The value of a key that is itself a variable."""
    return values.get(key, "—")


@register.inclusion_tag("console/parts/commands.html")
def commands_on(thing: str, key: Any, small: bool = False, sure: bool = False) -> dict[str, Any]:
    """Buttons for what the actor may do with one thing; `sure`: its state is known to fit."""
    return _on_row(thing, key, small=small, sure=sure)


def _on_row(thing: str, key: Any, *, small: bool, sure: bool) -> dict[str, Any]:
    found = commands.on_row(thing, str(key), sure=sure)
    return {"commands": [(c, c.href(str(key))) for c in found], "small": small}


@register.inclusion_tag("console/parts/commands.html")
def command_on(thing: str, key: Any, *names: str) -> dict[str, Any]:
    """Buttons for these of the commands on one thing, where a page is about them alone."""
    found = [c for c in commands.on_row(thing, str(key)) if c.name in names]
    return {"commands": [(c, c.href(str(key))) for c in found], "small": False}


@register.inclusion_tag("console/parts/commands.html")
def commands_of(holder: Any, row: Any) -> dict[str, Any]:
    """Links to what the actor may do with a row of a list, whose state is known to fit."""
    acts_on = holder.acts_on(row) if holder.acts_on else None
    return _on_row(*acts_on, small=True, sure=True) if acts_on else {"commands": []}


@register.inclusion_tag("console/parts/commands.html")
def commands_for(thing: str) -> dict[str, Any]:
    """Buttons for what the actor may do beside a list."""
    return {"commands": [(c, c.href()) for c in commands.on_list(thing)], "small": False}


@register.filter
def op_word(op: str) -> str:
    """A comparison as people read it."""
    words = {
        ">=": "≥",
        "<=": "≤",
        "==": "=",
        "!=": "≠",
        "between": _("between (a; b)"),
        "in": _("one of (a; b; c)"),
        "known": _("is known"),
        "unknown": _("is not known"),
    }
    return words.get(op, op)
