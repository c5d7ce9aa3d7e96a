"""How figures are written on a screen: pure functions, the same in zh and en."""

from __future__ import annotations

from decimal import Decimal

from liti.core.money import SIGNS, exponent, format_minor

MINUS = "−"


def money(minor: int | None, currency: str = "CNY", *, signed: bool = False) -> str:
    """`¥1,234.50`; a minus sign stands before the currency's sign, `signed` adds a plus."""
    if minor is None:
        return "—"
    sign = MINUS if minor < 0 else ("+" if signed and minor > 0 else "")
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{format_minor(abs(minor), currency)}"


def money_short(minor: int | None, language: str = "en", currency: str = "CNY") -> str:
    """Rounded for a tile or an axis: `¥12.4M` in English, `¥1,240万` in Chinese."""
    if minor is None:
        return "—"
    sign = MINUS if minor < 0 else ""
    value = Decimal(abs(minor)).scaleb(-exponent(currency))
    return f"{sign}{SIGNS.get(currency, currency + ' ')}{_short(value, language)}"


def number_short(value: int, language: str = "en") -> str:
    """`12.4k` or `1.24万`; figures below ten thousand are written out."""
    sign = MINUS if value < 0 else ""
    return sign + _short(Decimal(abs(value)), language)


def _short(value: Decimal, language: str) -> str:
    steps = (
        ((Decimal(10) ** 8, "亿"), (Decimal(10) ** 4, "万"))
        if language.startswith("zh")
        else ((Decimal(10) ** 9, "B"), (Decimal(10) ** 6, "M"), (Decimal(10) ** 3, "k"))
    )
    for size, letter in steps:
        if value >= size and value >= 10_000:
            scaled = value / size
            digits = 0 if scaled >= 1000 else 1 if scaled >= 100 else 2
            text = f"{scaled:,.{digits}f}"
            return (text.rstrip("0").rstrip(".") if "." in text else text) + letter
    return f"{value:,.0f}"


def percent(share: Decimal | float | None, digits: int = 1) -> str:
    """A share between 0 and 1 as `41.9%`."""
    return "—" if share is None else f"{Decimal(str(share)) * 100:.{digits}f}%"


def basis_points(value: int | None, digits: int = 1) -> str:
    """Basis points (1/10,000) as per cent."""
    return "—" if value is None else percent(Decimal(value) / 10_000, digits)


def initials(name: str) -> str:
    """One or two letters for an avatar: the family name of a Chinese name, else initials."""
    words = [word for word in name.replace("*", " ").split() if word]
    if not words:
        return "·"
    if "\u4e00" <= words[0][0] <= "\u9fff" or len(words) == 1:
        return words[0][0].upper()
    return (words[0][0] + words[-1][0]).upper()


def tail(number: str, keep: int = 4) -> str:
    """All but the last digits hidden: `•••• 1234`."""
    return f"•••• {number[-keep:]}" if len(number) > keep else number
