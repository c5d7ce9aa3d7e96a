"""What an address says, read in one way: what it can't mean is a page that is not there."""

from __future__ import annotations

from django.utils.translation import gettext as _

from liti.core.errors import NotFound
from liti.core.money import BIGINT_MAX


def number_in(text: str, *, most: int = BIGINT_MAX) -> int | None:
    """The whole number in an address, from 0 to `most`; None where there is none.

    Raises NotFound for anything else, so that nothing too large reaches the database.
    """
    if not text:
        return None
    short = text.isascii() and text.isdigit() and len(text) <= len(str(most))
    if short and int(text) <= most:
        return int(text)
    raise NotFound("core.no_such_page", _("There is nothing at this address."))
