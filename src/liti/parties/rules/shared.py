"""Placeholders that the records themselves show: a value that too many names have is nobody's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

Row = Mapping[str, Any]
# More distinct names than a household has: an agency's phone, a branch's e-mail. Many live
# under one address. (Measured on made records of 559,000 people.)
NAMES_MAX = {"mobile": 8, "email": 8, "address": 12}


def placeholders(rows: Iterable[Row]) -> dict[str, set[str]]:
    """The values of each attribute that more names share than may."""
    names: dict[str, dict[str, set[str]]] = {a: defaultdict(set) for a in NAMES_MAX}
    for row in rows:
        for attribute, found in names.items():
            if value := row[attribute]:
                found[value].add(row["name_simplified"])
    return {
        attribute: {value for value, of in found.items() if len(of) > NAMES_MAX[attribute]}
        for attribute, found in names.items()
    }


def without_placeholders(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows with what is nobody's left out; the others as they are."""
    nobodys = placeholders(rows)
    return [
        {**row, **gone}
        if (gone := {a: "" for a, values in nobodys.items() if row[a] in values})
        else row
        for row in rows
    ]
