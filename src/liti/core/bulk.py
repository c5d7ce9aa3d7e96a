"""Bulk writing by COPY: the only way in for thousands of rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, transaction
from psycopg import Connection, Cursor, sql


def copy_rows(
    table: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[Any]],
    *,
    on_conflict_do_nothing: bool = False,
) -> int:
    """Write rows by COPY in the current transaction; returns how many were written.

    With `on_conflict_do_nothing` the rows go through a temporary table, and those whose
    key is already there are left out (a repeated import writes nothing twice).
    """
    names = sql.SQL(", ").join(map(sql.Identifier, columns))
    with transaction.atomic(), connection.cursor() as wrapped:
        # The driver's own cursor: pghistory reads statements as text, and bulk rows carry
        # no history, so nothing is lost by going past its wrapper.
        cursor: Any = wrapped.cursor
        if not on_conflict_do_nothing:
            return _copy(cursor, sql.Identifier(table), names, rows)
        staging = sql.Identifier(f"staging_{table}"[:60])
        cursor.execute(
            sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} LIMIT 0").format(
                staging, names, sql.Identifier(table)
            )
        )
        _copy(cursor, staging, names, rows)
        cursor.execute(
            sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {} ON CONFLICT DO NOTHING").format(
                sql.Identifier(table), names, names, staging
            )
        )
        written = cursor.rowcount
        cursor.execute(sql.SQL("DROP TABLE {}").format(staging))
        return int(written)


def _copy(cursor: Any, table: sql.Identifier, names: sql.Composed, rows: Iterable[Any]) -> int:
    count = 0
    with cursor.copy(sql.SQL("COPY {} ({}) FROM STDIN").format(table, names)) as copy:
        for row in rows:
            copy.write_row(row)
            count += 1
    return count


def prepared_cursor() -> Cursor[Any]:
    """The driver's own cursor with values bound by the server: what is run often is planned
    once a connection. Django's binds in the client, and every statement is planned anew."""
    connection.ensure_connection()
    driver: Connection[Any] = connection.connection
    return Cursor(driver)
