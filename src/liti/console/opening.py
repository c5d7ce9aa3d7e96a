"""Whether a page of the console would open for its reader: asked before a link to it is shown.

It asks what the page's own door asks: the roles of its view, of its list, of its command. A
link that would end in a refusal is written as plain words.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from django.urls import Resolver404, resolve

from liti.console import commands
from liti.console.access import may
from liti.console.resources import resource
from liti.core.errors import NotFound

LISTS = {"list", "list_file", "detail"}
COMMANDS = {"command", "command_on", "command_options", "command_options_on"}


def opens(href: str | None) -> bool:
    """Whether the address may be shown to the current actor. Addresses of other edges may."""
    if not href:
        return False
    try:
        found = resolve(urlsplit(href).path)
    except Resolver404:
        return True
    if found.namespace != "console":
        return True
    allowed = getattr(found.func, "allowed", None)
    if allowed is not None and not may(allowed):
        return False
    try:
        if found.url_name in LISTS:
            return may(resource(found.kwargs["name"]).roles)
        if found.url_name in COMMANDS:
            return commands.may(commands.command(found.kwargs["name"]))
    except NotFound:
        return False
    return True
