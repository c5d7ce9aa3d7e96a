"""Keys that stand in addresses."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.errors import NotFound


def as_uuid(text: str) -> UUID:
    """The id in an address; what is no id names nothing. Raises NotFound."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound("console.no_such_page", _("There is nothing at this address."))
