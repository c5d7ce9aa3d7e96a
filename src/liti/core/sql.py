"""SQL that is put together from parts: names and fragments by psycopg.sql, values as arguments.

Nothing is ever written into the text of a statement: neither a value nor a code. A fragment
that carries values puts them into `Arguments` and gets the place-holder to write instead.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from psycopg import sql


class Arguments(dict[str, Any]):
    """The named arguments of a statement, gathered while its fragments are put together."""

    def put(self, value: Any) -> sql.Placeholder:
        """Keep a value; returns what stands for it in the text."""
        name = f"a{len(self)}"
        self[name] = value
        return sql.Placeholder(name)


def name(identifier: str) -> sql.Identifier:
    """A table or column, quoted; `x.y` is the column y of the alias x."""
    return sql.Identifier(*identifier.split("."))


def names(identifiers: Iterable[str], alias: str = "") -> sql.Composed:
    """Columns with commas between them, of an alias where one is given."""
    parts = [sql.Identifier(alias, each) if alias else sql.Identifier(each) for each in identifiers]
    return sql.SQL(", ").join(parts)


def text(statement: sql.Composable) -> str:
    """The statement for a cursor: what wraps Django's cursors reads statements as text."""
    return statement.as_string(None)
