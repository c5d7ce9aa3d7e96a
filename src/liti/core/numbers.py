"""Numbers from outside: digits and one point, of a bounded length, exact; else a refusal."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput

_NUMBER = re.compile(r"^[+-]?[0-9]+(?:\.[0-9]+)?$")
CHARS_MAX = 40


def to_decimal(text: str, *, decimals_max: int = 10) -> Decimal:
    """An exact number such as 0.072 or -1.5 (full width is read as half width).

    Raises InvalidInput for exponents, separators, words (NaN), more than `decimals_max`
    decimals and more than CHARS_MAX characters.
    """
    given = str(text)
    cleaned = unicodedata.normalize("NFKC", given[: CHARS_MAX + 1]).strip()
    decimals = len(cleaned.partition(".")[2])
    if len(given) > CHARS_MAX or not _NUMBER.match(cleaned) or decimals > decimals_max:
        raise InvalidInput(
            "core.number.bad",
            _("“%(text)s” is not a number that can be used here.") % {"text": given[:CHARS_MAX]},
            remedy=_("Write digits with at most %(decimals)d decimals, for example 0.072.")
            % {"decimals": decimals_max},
        )
    return Decimal(cleaned)
