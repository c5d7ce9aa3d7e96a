"""The one edge: what text, whole number, day and JSON may be that comes from outside.

Pages, API, CLI and services read what they are given through here. Whatever does not fit is a
named refusal in the reader's language with the field in `data["field"]`; nothing is rounded,
cut or guessed. Amounts and rates have their own strict forms (`money.py`, `numbers.py`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput
from liti.core.money import BIGINT_MAX

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2199, 12, 31)
SHOWN_MAX = 40
JSON_DEPTH_MAX = 20
JSON_DIGITS_MAX = 40
# What no text is made of: control characters but tab and line ends, halves of a pair that has
# lost its other half, and the code points that Unicode keeps free for ever.
_NO_TEXT = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
    "|[" + "".join(chr((p << 16) + e) for p in range(1, 17) for e in (0xFFFE, 0xFFFF)) + "]"
)
_WHOLE = re.compile(r"^-?[0-9]{1,19}$", re.ASCII)
_DAY = re.compile(r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", re.ASCII)


def shown(value: object) -> str:
    """What was given as a message may repeat it: short, and without what is no text."""
    return _NO_TEXT.sub("\ufffd", str(value)[:SHOWN_MAX])


def is_text(value: str) -> bool:
    """Whether a text holds only characters that can be kept and shown."""
    return _NO_TEXT.search(value) is None


def clean_text(value: str, *, field: str = "", most: int | None = None) -> str:
    """The text itself. Raises InvalidInput for characters that are no text, or too many."""
    if not isinstance(value, str) or not is_text(value):
        raise InvalidInput(
            "core.text.unreadable",
            _("“%(text)s” holds characters that are no text.") % {"text": shown(value)},
            remedy=_("Write it anew, without control characters."),
            field=shown(field),
        )
    if most is not None and len(value) > most:
        raise InvalidInput(
            "core.text.too_long",
            _("“%(text)s…” is too long.") % {"text": shown(value)},
            remedy=_("At most %(most)d characters.") % {"most": most},
            field=shown(field),
        )
    return value


def check_pairs(pairs: Iterable[tuple[str, str]]) -> None:
    """Raise InvalidInput for the first name or value of a form that is no text."""
    for name, value in pairs:
        clean_text(name, field=name)
        clean_text(value, field=name)


def whole(
    value: object, *, field: str = "", low: int = -BIGINT_MAX - 1, high: int = BIGINT_MAX
) -> int:
    """A whole number from a text or an int, within bounds.

    Raises InvalidInput for all else: flags, fractions, separators, exponents, long digits.
    """
    found: int | None = None
    if type(value) is int:
        found = value
    elif isinstance(value, str) and _WHOLE.match(value):
        found = int(value)
    if found is None or not low <= found <= high:
        raise InvalidInput(
            "core.number.not_whole",
            _("“%(text)s” is not a whole number from %(low)d to %(high)d.")
            % {"text": shown(value) if found is None else "…", "low": low, "high": high},
            field=shown(field),
        )
    return found


def day(value: object, *, field: str = "") -> date:
    """A day written as 2026-11-25, from FIRST_DAY to LAST_DAY.

    Raises InvalidInput for all else, so that no reckoning with days leaves the calendar.
    """
    found: date | None = None
    if isinstance(value, date) and not isinstance(value, datetime):
        found = value
    elif isinstance(value, str) and _DAY.match(value):
        try:
            found = date.fromisoformat(value)
        except ValueError:
            found = None
    if found is None or not FIRST_DAY <= found <= LAST_DAY:
        raise InvalidInput(
            "core.day.bad",
            _("“%(text)s” is not a day that can be used here.") % {"text": shown(value)},
            remedy=_("Write it as 2026-11-25, between the years %(first)d and %(last)d.")
            % {"first": FIRST_DAY.year, "last": LAST_DAY.year},
            field=shown(field),
        )
    return found


def json_of(body: bytes) -> Any:
    """The value of a JSON text by RFC 8259 and I-JSON.

    Raises InvalidInput for other encodings, names given twice, NaN, more than JSON_DEPTH_MAX
    levels, numbers of more than JSON_DIGITS_MAX characters and what is no text.
    """
    try:
        found = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_once,
            parse_constant=_no_number,
            parse_int=_int,
            parse_float=_fraction,
        )
    except InvalidInput:
        raise
    except (ValueError, RecursionError) as error:
        raise _bad_json(_("The body is not JSON in UTF-8.")) from error
    _check_json(found, "", 0)
    return found


def _bad_json(message: str, field: str = "") -> InvalidInput:
    return InvalidInput(
        "core.json.bad",
        message,
        remedy=_("Send one JSON value (RFC 8259), each name once."),
        **({"field": shown(field)} if field else {}),
    )


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        seen: set[str] = set()
        twice = next(n for n, _v in pairs if n in seen or seen.add(n))  # type: ignore[func-returns-value]  # add() only notes it
        raise _bad_json(_("The name “%(name)s” is given twice.") % {"name": shown(twice)}, twice)
    return found


def _no_number(text: str) -> Any:
    raise _bad_json(_("“%(text)s” is no number of JSON.") % {"text": text})


def _int(text: str) -> int:
    return int(_short(text))


def _fraction(text: str) -> float:
    found = float(_short(text))
    if found in (float("inf"), float("-inf")):
        raise _bad_json(_("The number %(text)s… is too large.") % {"text": shown(text)})
    return found


def _short(text: str) -> str:
    if len(text) > JSON_DIGITS_MAX:
        raise _bad_json(_("The number %(text)s… has too many digits.") % {"text": text[:10]})
    return text


def _check_json(value: Any, at: str, depth: int) -> None:
    if depth > JSON_DEPTH_MAX:
        raise _bad_json(_("The body is nested too deeply."))
    if isinstance(value, str):
        clean_text(value, field=at)
    elif isinstance(value, dict):
        for name, inner in value.items():
            clean_text(name, field=at)
            _check_json(inner, f"{at}.{name}" if at else name, depth + 1)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            _check_json(inner, f"{at}.{place}", depth + 1)
