"""The reader's language: which of the two that rows and declarations carry is shown."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language

from liti.core.money import SIGNS, format_minor

TWO = " / "  # between a name in Chinese and the same in English, where one column holds both


def language() -> str:
    """The reader's language as the bank's columns name it: zh or en."""
    return "zh" if (get_language() or "").startswith("zh") else "en"


def in_language(chinese: str, english: str) -> str:
    """The text in the reader's language, or in the other where it is missing."""
    return (chinese or english) if language() == "zh" else (english or chinese)


def one_of_two(name: str) -> str:
    """What the reader sees of a name that is kept as `Chinese / English`; another whole."""
    chinese, slash, english = name.partition(TWO)
    return in_language(chinese, english) if slash else name


def local(thing: Any, field: str = "name") -> str:
    """<field>_zh or <field>_en of a row or a mapping, in the reader's language."""
    if isinstance(thing, dict):
        return str(in_language(thing.get(f"{field}_zh", ""), thing.get(f"{field}_en", "")) or "")
    return str(
        in_language(getattr(thing, f"{field}_zh", ""), getattr(thing, f"{field}_en", "")) or ""
    )


def money_text(minor: int, currency: str = "CNY") -> str:
    """An amount as a sentence names it, never without its unit: `1,234.50元` in Chinese,
    `¥1,234.50` in English; other currencies with their sign in both."""
    if language() == "zh" and currency == "CNY":
        return f"{format_minor(minor)}元"
    sign = "-" if minor < 0 else ""
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{format_minor(abs(minor), currency)}"
