"""What a search text may be: a name, or one whole value that identifies somebody.

A part of a number finds nothing, nor does a part of a person's name (`parties/finding.py`). Asked
with ever longer parts, a search would say what is behind the mask digit by digit; so there is no
part, only the whole value and the four digits that the mask shows of a mobile.
"""

from __future__ import annotations

import contextlib
import re
from dataclasses import dataclass
from datetime import date

from stdnum import luhn

from liti.parties.rules import names, standardise

_CARD = re.compile(r"^\d{16,19}$")
_USCC = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{18}$")
SHOWN = 4


@dataclass(frozen=True, slots=True)
class Lookup:
    """`kind`: name, mobile, mobile_end, id_number, uscc, email, card or number (a key that a
    department uses); `value` in its standard form, whole."""

    kind: str
    value: str


def lookups(text: str, *, today: date) -> list[Lookup]:
    """What the text can stand for, whole values before names; empty for what is too short."""
    wanted = names.tidy(text)
    key = standardise.squeezed(wanted)
    if names.is_han(wanted):
        return [Lookup("name", wanted)]
    if len(key) < 2:
        return []
    if "@" in wanted:
        return [Lookup("email", wanted.replace(" ", "").lower())]
    if not any(c.isdigit() for c in key):
        return [Lookup("name", wanted), Lookup("number", wanted.upper())]
    return [*_whole(wanted, key, today), Lookup("number", wanted.upper())]


def _whole(wanted: str, key: str, today: date) -> list[Lookup]:
    if key.isdigit() and key.isascii() and len(key) == SHOWN:
        return [Lookup("mobile_end", key)]
    found = []
    with contextlib.suppress(standardise.Unfit):
        found.append(Lookup("mobile", standardise.mobile(wanted)))
    with contextlib.suppress(standardise.Unfit):
        found.append(Lookup("id_number", standardise.id_number(wanted, today=today)))
    if _USCC.match(key) and not found:
        found.append(Lookup("uscc", key))
    if _CARD.match(key) and (luhn.is_valid(key) or not found):
        found.append(Lookup("card", key))
    if not found and not key.isdigit():
        found.append(Lookup("name", wanted))  # a company's name may hold digits
    return found
