"""The rows of all rooms when parties become one, and when they are parted again.

Set-based: a few statements for each declared column (`core.party_ids`), however many merges.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from psycopg import sql

from liti.core.bulk import copy_rows
from liti.core.clock import business_date
from liti.core.party_ids import READ, PartyColumn, columns, sql_type

# (merge, was, heir)
Pairs = Sequence[tuple[UUID, UUID, UUID]]
CAME = "+"

_LOG = sql.SQL("INSERT INTO parties_move (merge_id, place, row, was, field, before, after) ")
_PLACES = sql.SQL("""
CREATE TEMP TABLE parties_pairs (merge_id uuid, was uuid PRIMARY KEY, heir uuid) ON COMMIT DROP
""")
_SIDES = sql.SQL("""
CREATE TEMP TABLE parties_sides ON COMMIT DROP AS
SELECT was AS id, heir, merge_id FROM parties_pairs
UNION ALL SELECT DISTINCT heir, heir, NULL::uuid FROM parties_pairs
""")


class Work:
    """The moves of one transaction; a `core.party_ids.Merging`. Use as a context."""

    pairs: sql.Composable = sql.Identifier("parties_pairs")
    sides: sql.Composable = sql.Identifier("parties_sides")

    def __init__(self, pairs: Pairs, *, undo: bool = False) -> None:
        assert connection.in_atomic_block
        self.undo = undo
        self._on = business_date()
        self._given = pairs

    def __enter__(self) -> Work:
        self.execute(_PLACES)
        copy_rows("parties_pairs", ["merge_id", "was", "heir"], self._given)
        self.execute(_SIDES)
        self.execute(sql.SQL("ANALYZE parties_pairs, parties_sides"))
        return self

    def __exit__(self, error: type[BaseException] | None, *_more: object) -> None:
        if error is None:
            self.execute(sql.SQL("DROP TABLE parties_pairs, parties_sides"))

    def run(self) -> None:
        """All declared columns; backwards, every row is put back before any rule restores."""
        if self.undo:
            for column in columns():
                self._note_what_came(column)
            moved = self._places_of_moved_rows()
            for column in columns():
                if column.place in moved:
                    self._put_back(column)
        for column in columns():
            rule = column.field.on_merge
            if callable(rule):
                rule(self, column)
            elif rule == READ:
                self.note(column)
            else:
                self.move(column)

    def execute(self, statement: sql.Composable, **arguments: Any) -> int:
        with connection.cursor() as cursor:
            # as text: the row history's wrapper reads statements before the driver does
            text = statement.as_string(cursor.connection)
            cursor.execute(text, {"on": self._on, **arguments})
            return int(cursor.rowcount)

    def move(self, column: PartyColumn, *, but: sql.Composable | None = None) -> None:
        if self.undo:
            return
        self._log_owners(column, "heir" if column.field.assigned else None, "was")
        self.execute(
            sql.SQL(
                "UPDATE {table} t SET {column} = m.heir FROM parties_pairs m"
                " WHERE t.{column} = m.was{free}{but}"
            ).format(
                **_names(column),
                free=sql.SQL("").join(_free(column, other) for other in column.apart),
                but=sql.SQL(" AND NOT {}").format(but) if but else sql.SQL(""),
            )
        )

    def note(self, column: PartyColumn) -> None:
        if not self.undo and column.field.assigned:
            self._log_owners(column, "heir")

    def put(
        self,
        column: PartyColumn,
        field: str,
        value: sql.Composable,
        chosen: sql.Composable,
        *,
        unless: sql.Composable | None = None,
        **arguments: Any,
    ) -> None:
        names = _names(column) | {"field": sql.Identifier(field), "log": _LOG, "value": value}
        if self.undo:
            kind = sql_type(column.model._meta.get_field(field))
            self.execute(
                sql.SQL(
                    "UPDATE {table} t SET {field} = v.before::{kind}"
                    " FROM parties_pairs m JOIN parties_move v ON v.merge_id = m.merge_id"
                    " WHERE v.place = %(place)s AND v.field = %(field)s AND {is_row}"
                    " AND t.{column} = v.was AND t.{field}::text IS NOT DISTINCT FROM v.after"
                    " AND NOT coalesce({unless}, false)"
                ).format(
                    **names,
                    kind=sql.Identifier(kind),
                    is_row=column.is_row(sql.Identifier("v", "row")),
                    unless=unless or sql.SQL("false"),
                ),
                place=column.place,
                field=field,
                **arguments,
            )
            return
        self.execute(
            sql.SQL(
                "WITH chosen AS ({chosen}), logged AS ({log}"
                "SELECT c.merge_id, %(place)s, c.row, c.holder, %(field)s, t.{field}::text,"
                " ({value})::text FROM chosen c JOIN {table} t ON {is_row}"
                " AND t.{column} = c.holder)"
                " UPDATE {table} t SET {field} = {value} FROM chosen c WHERE {is_row}"
                " AND t.{column} = c.holder"
            ).format(**names, chosen=chosen, is_row=column.is_row(sql.Identifier("c", "row"))),
            place=column.place,
            field=field,
            **arguments,
        )

    def remove(self, column: PartyColumn, chosen: sql.Composable, **arguments: Any) -> None:
        names = _names(column) | {"log": _LOG}
        if self.undo:
            self.execute(
                sql.SQL(
                    "INSERT INTO {table} SELECT (jsonb_populate_record(NULL::{table},"
                    " v.before::jsonb)).* FROM parties_pairs m JOIN parties_move v"
                    " ON v.merge_id = m.merge_id WHERE v.place = %(place)s AND v.field = '*'"
                    " ON CONFLICT DO NOTHING"
                ).format(**names),
                place=column.place,
            )
            return
        self.execute(
            sql.SQL(
                "WITH chosen AS ({chosen}), gone AS (DELETE FROM {table} t USING chosen c"
                " WHERE {is_row} AND t.{column} = c.holder"
                " RETURNING c.merge_id, c.row, c.holder, to_jsonb(t)::text AS before) {log}"
                "SELECT merge_id, %(place)s, row, holder, '*', before, NULL FROM gone"
            ).format(**names, chosen=chosen, is_row=column.is_row(sql.Identifier("c", "row"))),
            place=column.place,
            **arguments,
        )

    def _log_owners(self, column: PartyColumn, *sides: str | None) -> None:
        parts = [
            sql.SQL(
                "SELECT m.merge_id, %(place)s, {row}, t.{column}, '', NULL, NULL"
                " FROM parties_pairs m JOIN {table} t ON t.{column} = m.{side}"
            ).format(**_names(column), row=column.row(), side=sql.Identifier(side))
            for side in sides
            if side
        ]
        self.execute(_LOG + sql.SQL(" UNION ALL ").join(parts), place=column.place)

    def _note_what_came(self, column: PartyColumn) -> None:
        """Rows of the survivor that neither side had on the day of the merge, and that no
        other merge brought."""
        if not column.field.assigned:
            return
        self.execute(
            sql.SQL(
                "{log}SELECT m.merge_id, %(place)s, {row}, m.heir, %(came)s, NULL, NULL"
                " FROM parties_pairs m JOIN {table} t ON t.{column} = m.heir"
                " WHERE NOT EXISTS (SELECT 1 FROM parties_move v WHERE v.merge_id = m.merge_id"
                "  AND v.place = %(place)s AND v.row = {row} AND v.field = '')"
                " AND NOT EXISTS (SELECT 1 FROM parties_merge n JOIN parties_move v"
                "  ON v.merge_id = n.id AND v.place = %(place)s AND v.field = '' AND v.was = n.was"
                "  WHERE n.heir = m.heir AND n.id <> m.merge_id AND n.undone_at IS NULL"
                "  AND v.row = {row})"
            ).format(**_names(column), log=_LOG, row=column.row()),
            place=column.place,
            came=CAME,
        )

    def _places_of_moved_rows(self) -> set[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT DISTINCT v.place FROM parties_pairs m JOIN parties_move v"
                " ON v.merge_id = m.merge_id AND v.was = m.was WHERE v.field = ''"
            )
            return {row[0] for row in cursor.fetchall()}

    def _put_back(self, column: PartyColumn) -> None:
        self.execute(
            sql.SQL(
                "UPDATE {table} t SET {column} = v.was FROM parties_pairs m"
                " JOIN parties_move v ON v.merge_id = m.merge_id AND v.was = m.was"
                " WHERE v.place = %(place)s AND v.field = '' AND {is_row}"
                " AND t.{column} = m.heir"
            ).format(**_names(column), is_row=column.is_row(sql.Identifier("v", "row"))),
            place=column.place,
        )


def _names(column: PartyColumn) -> dict[str, sql.Composable]:
    return {
        "table": sql.Identifier(column.table),
        "column": sql.Identifier(column.column),
    }


def _free(column: PartyColumn, other: Sequence[str]) -> sql.Composable:
    """That no row of the survivor, or of another side, stands where this one would go."""
    same = sql.SQL("").join(
        sql.SQL(" AND o.{0} = t.{0}").format(sql.Identifier(name)) for name in other
    )
    return sql.SQL(
        " AND NOT EXISTS (SELECT 1 FROM parties_sides w JOIN {table} o ON o.{column} = w.id{same}"
        " WHERE w.heir = m.heir AND (w.id = m.heir OR w.id < m.was))"
    ).format(**_names(column), same=same)
