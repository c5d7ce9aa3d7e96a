"""Kinds of transfers by small numbers; a connection remembers those that are committed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection, transaction

_FIND = "SELECT name, code FROM ledger_kind WHERE name = ANY(%s)"
_ADD = """
INSERT INTO ledger_kind (name) SELECT unnest(%s::text[]) ON CONFLICT (name) DO NOTHING
"""
# By connection: behind another one may stand another database, that numbers otherwise.
_known: WeakKeyDictionary[Any, dict[str, int]] = WeakKeyDictionary()


def codes(names: Iterable[str]) -> dict[str, int]:
    """The number of each kind; a new one gets the next."""
    connection.ensure_connection()
    remembered = _known.setdefault(connection.connection, {})
    wanted = set(names)
    found = {n: code for n in wanted if (code := remembered.get(n)) is not None}
    missing = sorted(wanted - found.keys())
    if not missing:
        return found
    with connection.cursor() as cursor:
        cursor.execute(_FIND, [missing])
        fresh = dict(cursor.fetchall())
        if len(fresh) < len(missing):
            cursor.execute(_ADD, [[n for n in missing if n not in fresh]])
            cursor.execute(_FIND, [missing])
            fresh = dict(cursor.fetchall())

    transaction.on_commit(lambda: remembered.update(fresh))
    return found | fresh
