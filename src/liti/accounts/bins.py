"""Which bank issued a card, by the longest known prefix of its number (ISO/IEC 7812)."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib import resources

PREFIX_LENGTHS = range(10, 2, -1)
UNKNOWN = ""


@dataclass(frozen=True, slots=True)
class Prefix:
    """A prefix of card numbers: its bank, DC (debit) or CC (credit), digits of a number."""

    digits: str
    bank: str
    card_type: str
    length: int


@cache
def prefixes() -> tuple[Prefix, ...]:
    """Prefixes of Chinese bank cards (public list, data/README.md)."""
    with (resources.files("liti.accounts") / "data" / "bins.csv").open(encoding="utf-8") as file:
        return tuple(
            Prefix(row["bin"], row["bank"], row["card_type"], int(row["length"]))
            for row in csv.DictReader(file)
        )


@cache
def _table() -> dict[str, str]:
    return {prefix.digits: prefix.bank for prefix in prefixes()}


def issuer_of(pan: str) -> str:
    """The issuing bank's name, or an empty text for a prefix that is not in the list."""
    table = _table()
    return next((table[pan[:n]] for n in PREFIX_LENGTHS if pan[:n] in table), UNKNOWN)
