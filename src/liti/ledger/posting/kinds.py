"""Kinds of transfers by small numbers; a connection remembers those that are committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection

_FIND = "SELECT name, code FROM ledger_kind WHERE name = ANY(%s)"
_ADD = """
INSERT INTO ledger_kind (name) SELECT unnest(%s::text[]) ON CONFLICT (name) DO NOTHING
"""
# By connection: behind another one may stand another database, that numbers otherwise.
_known: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()
# What a connection made itself may still be rolled back: it is looked up each time.
_made: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()


def codes(names: Iterable[str]) -> dict[str, int]:
    """The number of each kind; a new one gets the next."""
    connection.ensure_connection()
    known = _known.setdefault(connection.connection, {})
    made = _made.setdefault(connection.connection, set())
    wanted = set(names)
    found = {n: code for n in wanted if (code := known.get(n)) is not None}
    missing = sorted(wanted - found.keys())
    if not missing:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [missing])
        there = dict(cursor.fetchall())
        known.update({name: code for name, code in there.items() if name not in made})
        if new := [name for name in missing if name not in there]:
            made.update(new)
            cursor.execute(_ADD, [new])
            cursor.execute(_FIND, [new])
            there |= dict(cursor.fetchall())
    return found | there
