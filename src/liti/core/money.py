"""Money as integer minor units with an ISO 4217 currency. No float ever enters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from django.utils.translation import gettext as _

from liti.core.errors import InvalidInput

# ISO 4217 exponents; a currency that is not listed is refused rather than guessed.
EXPONENTS = {"CNY": 2, "CZK": 2, "USD": 2, "EUR": 2, "HKD": 2, "GBP": 2, "JPY": 0}
# How a screen signs a currency; one that is not listed stands as its code.
SIGNS = {"CNY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "HKD": "HK$", "JPY": "JP¥", "CZK": "Kč "}
BIGINT_MAX = 2**63 - 1


def exponent(currency: str) -> int:
    """Number of decimals of a currency. Raises InvalidInput for one that is not known."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise InvalidInput(
            "core.money.unknown_currency",
            _("Currency %(currency)s is not known here.") % {"currency": currency},
            remedy=_("Use an ISO 4217 code such as CNY."),
        )


# Digits, whole or in groups of three, and a point: what else stands for an amount somewhere
# in the world (12,50 or 1.200,00) would be a hundred times another amount here.
_AMOUNT = re.compile(r"^(?P<sign>[+-]?)(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?$")
AMOUNT_CHARS_MAX = 40


def to_minor(text: str, currency: str = "CNY") -> int:
    """Exact minor units of a decimal text: 1234.50, 1,234.50, ¥12, also in full width.

    Raises InvalidInput for anything else, for more decimals than the currency has and for
    more than an account can hold; never rounds.
    """
    digits = exponent(currency)
    given = str(text)
    cleaned = unicodedata.normalize("NFKC", given[: AMOUNT_CHARS_MAX + 1]).strip()
    cleaned = re.sub(r"^([+-]?)¥\s*", r"\1", cleaned.replace("\u2212", "-"))
    found = _AMOUNT.match(cleaned) if len(given) <= AMOUNT_CHARS_MAX else None
    whole, _point, part = cleaned.replace(",", "").partition(".")
    if found is None or len(part) > digits:
        raise InvalidInput(
            "core.money.bad_amount",
            _("“%(text)s” is not an amount in %(currency)s.")
            % {"text": given[:AMOUNT_CHARS_MAX], "currency": currency},
            remedy=_("Write digits with at most %(decimals)d decimals, for example 1234.50.")
            % {"decimals": digits},
        )
    minor = int(whole + part.ljust(digits, "0"))
    if abs(minor) > BIGINT_MAX:
        raise InvalidInput(
            "core.money.too_large",
            _("The amount %(text)s is larger than any account can hold.") % {"text": given},
        )
    return minor


def format_minor(minor: int, currency: str = "CNY", *, grouping: bool = True) -> str:
    """Text of an amount with the currency's decimals, grouped by thousands on request."""
    digits = exponent(currency)
    sign = "-" if minor < 0 else ""
    whole, part = divmod(abs(minor), 10**digits)
    text = f"{whole:,}" if grouping else str(whole)
    return f"{sign}{text}.{part:0{digits}d}" if digits else f"{sign}{text}"


def allocate(total_minor: int, weights: Sequence[int | Decimal]) -> list[int]:
    """Split an amount by weights so that the parts sum to it exactly.

    Largest remainder (Hamilton); ties go to the earlier part, so the result is stable.
    Raises InvalidInput for no weights, a negative weight, or weights that are all zero.
    """
    if not weights or any(w < 0 for w in weights) or not any(weights):
        raise InvalidInput(
            "core.money.bad_weights", _("Shares need at least one weight above zero, none below.")
        )
    sign, total = (-1, -total_minor) if total_minor < 0 else (1, total_minor)
    fractions = [Fraction(w) for w in weights]
    whole = sum(fractions)
    exact = [total * f / whole for f in fractions]
    parts = [int(e) for e in exact]
    order = sorted(range(len(parts)), key=lambda i: (parts[i] - exact[i], i))
    for i in order[: total - sum(parts)]:
        parts[i] += 1
    return [sign * p for p in parts]
