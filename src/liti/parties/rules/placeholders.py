"""Values that say that nothing is known: no evidence of who somebody is."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from functools import lru_cache
from importlib import resources
from typing import Any

import yaml

WORDS_CHARS_MAX = 40
_SAID = re.compile(r"^(?:姓名|名字|客户姓名|地址|住址|家庭住址|联系地址|邮箱|电话|手机|手机号)")


@lru_cache(maxsize=1)
def _known() -> dict[str, frozenset[Any]]:
    text = (resources.files("liti.parties") / "placeholders.yaml").read_text(encoding="utf-8")
    found = {kind: frozenset(map(str, values)) for kind, values in yaml.safe_load(text).items()}
    for kind in ("words", "names"):
        found[kind] = frozenset(map(_bare, found[kind]))
    return found


def _bare(text: str) -> str:
    """Letters and digits only, half width, small."""
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())


def says_nothing(text: str) -> bool:
    """Whether a cell says in words, or by punctuation alone, that the value is not known."""
    if len(text) > WORDS_CHARS_MAX or text.isdecimal():
        return False
    bare = _bare(text)
    return not bare or bare in _known()["words"] or _SAID.sub("", bare) in _known()["words"]


def is_no_name(name: str) -> bool:
    """Whether a name is one of those given to nobody in particular; so is one without letters."""
    bare = _bare(name)
    return says_nothing(name) or bare in _known()["names"] or not re.search(r"[^\W\d_]", bare)


def is_no_mobile(digits: str) -> bool:
    """A standardised mobile that is nobody's: known ones, and eight times the same digit."""
    return digits in _known()["mobiles"] or len(set(digits[-8:])) == 1


def is_no_email(address: str) -> bool:
    """A standardised e-mail address that says there is none (none@none.com, x@y.invalid).

    Of the reserved names (RFC 2606) `.example` is left: invented people live there.
    """
    name, _at, domain = address.partition("@")
    reserved = domain.endswith((".invalid", ".localhost"))
    return reserved or name in _known()["email_names"] or domain in _known()["email_domains"]


def is_no_birth(day: date) -> bool:
    """A day with which calendars and forms begin."""
    return day.isoformat() in _known()["births"]


def is_no_id_number(number: str) -> bool:
    """An ID number of 18 that passes its check digit and is nobody's."""
    return len(set(number[:17])) <= 2 or number[6:14] == "19000101"
