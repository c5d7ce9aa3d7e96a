"""One customer id, everywhere: each column that holds a party's id says what a merge does to it.

    party_id = PartyIdField(db_index=True)                  # its rows go to the survivor
    party_id = PartyIdField(on_merge="read")                # stays; read by `parties.ids_of`
    party_id = PartyIdField(on_merge=one_managing_lead)     # the room settles what can't be two

`parties` runs all of it inside the merge's own transaction, set-based, and keeps a log by
which an unmerge puts each row back. For the database the fields are plain ones: neither of
them ever makes a migration.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import pghistory.models
from django.apps import apps
from django.db import models
from psycopg import sql

MOVE, READ = "move", "read"


class Merging(Protocol):
    """A merge under way, or one that is being taken back (`undo`), as a room's rule sees it.

    `pairs` and `sides` are relations of this transaction. `pairs`, a row a merge: merge_id, was,
    heir. `sides`, a row for every id that takes part: id, heir, merge_id (null for the heir).
    SQL that chooses rows gives merge_id, `row` (the key as a text array, the party column left
    out, see PartyColumn.row) and `holder`, the id that stands in the party column; arguments
    are named, and `on` (the business date) is among them.
    """

    undo: bool
    pairs: sql.Composable
    sides: sql.Composable

    def execute(self, statement: sql.Composable, **arguments: Any) -> int:
        """Run a statement that logs nothing; how many rows it touched."""

    def move(self, column: PartyColumn, *, but: sql.Composable | None = None) -> None:
        """Give the survivor every row but those that a unique constraint, or `but` (a condition
        on the row `t`), keeps apart; these are read by all ids of the survivor."""

    def note(self, column: PartyColumn) -> None:
        """Move nothing; remember whose each row is, to tell later what came while merged."""

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
        """Set a field of the chosen rows to an expression on the row `t`.

        Taking the merge back sets it as it was, where it still stands, `unless` a condition on
        `t` says that the old value has no place any more.
        """  # fmt: skip

    def remove(self, column: PartyColumn, chosen: sql.Composable, **arguments: Any) -> None:
        """Take the chosen rows away; taking the merge back brings them back as they were."""


Rule = Callable[[Merging, "PartyColumn"], None]
OnMerge = str | Rule


class _Declared:
    """What both kinds of fields share: the rule, and that the database knows nothing of it."""

    on_merge: OnMerge
    assigned: bool
    plain: str

    def declare(self, on_merge: OnMerge, assigned: bool) -> None:
        assert callable(on_merge) or on_merge in (MOVE, READ), on_merge
        self.on_merge, self.assigned = on_merge, assigned

    def as_plain(self, deconstructed: Sequence[Any]) -> tuple[str, str, Sequence[Any], Any]:
        name, _path, arguments, options = deconstructed
        return name, self.plain, arguments, options


class PartyIdField(_Declared, models.UUIDField):
    """The id of a party in another room than parties.

    `assigned=False`: rows that are computed or only witness; what came to them while two were
    one is of nobody's interest after a split.
    """

    plain = "django.db.models.UUIDField"

    def __init__(
        self, *args: Any, on_merge: OnMerge = MOVE, assigned: bool = True, **kwargs: Any
    ) -> None:
        self.declare(on_merge, assigned)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        return self.as_plain(super().deconstruct())


class PartyKey(_Declared, models.ForeignKey):
    """The same for a foreign key, which only parties itself may have."""

    plain = "django.db.models.ForeignKey"

    def __init__(
        self, *args: Any, on_merge: OnMerge = MOVE, assigned: bool = True, **kwargs: Any
    ) -> None:
        self.declare(on_merge, assigned)
        super().__init__(*args, **kwargs)

    def deconstruct(self) -> Any:
        return self.as_plain(super().deconstruct())


@dataclass(frozen=True, slots=True)
class PartyColumn:
    """A declared column. `key`: the row's key as (column, type), the party column left out.

    `apart`: for each unique constraint that holds the party's id, its other columns.
    """

    model: type[models.Model]
    field: PartyIdField | PartyKey
    table: str
    column: str
    key: tuple[tuple[str, str], ...]
    apart: tuple[tuple[str, ...], ...]

    @property
    def place(self) -> str:
        """`table.column`, as in the log of moves."""
        return f"{self.table}.{self.column}"

    @property
    def room(self) -> str:
        """Whose column it is."""
        return self.model._meta.app_label

    def row(self, alias: str = "t") -> sql.Composable:
        """The row's key as a text array, in SQL."""
        parts = [sql.SQL("{}::text").format(sql.Identifier(alias, name)) for name, _t in self.key]
        return sql.SQL("ARRAY[{}]").format(sql.SQL(", ").join(parts))

    def is_row(self, array: sql.Composable, alias: str = "t") -> sql.Composable:
        """That the row is the one whose key an array holds; the table's own index answers."""
        return sql.SQL(" AND ").join(
            sql.SQL("{} = ({})[{}]::{}").format(
                sql.Identifier(alias, name), array, sql.Literal(place), sql.Identifier(kind)
            )
            for place, (name, kind) in enumerate(self.key, start=1)
        )


_columns: list[PartyColumn] = []


def columns() -> Sequence[PartyColumn]:
    """Every declared column of every room, in the order of their names."""
    if not _columns:
        found = [
            _column(model, field)
            for model in apps.get_models(include_auto_created=True)
            if not issubclass(model, pghistory.models.Event)
            for field in model._meta.concrete_fields
            if isinstance(field, PartyIdField | PartyKey)
        ]
        _columns.extend(sorted(found, key=lambda c: c.place))
    return _columns


def declared() -> dict[str, PartyColumn]:
    """Each declared column by its place (`table.column`)."""
    return {column.place: column for column in columns()}


def _column(model: type[models.Model], field: PartyIdField | PartyKey) -> PartyColumn:
    meta = model._meta
    key = [f for f in meta.pk_fields if f is not field]
    apart = [
        tuple(_name(meta.get_field(name)) for name in constraint.fields if name != field.name)
        for constraint in meta.constraints
        if isinstance(constraint, models.UniqueConstraint) and field.name in constraint.fields
        and constraint.condition is None
    ]  # fmt: skip
    if field in meta.pk_fields:
        apart.append(tuple(_name(f) for f in key))
    settled = callable(field.on_merge) or field.on_merge == READ
    loose = [
        c.name
        for c in meta.constraints
        if isinstance(c, models.UniqueConstraint) and field.name in c.fields and c.condition
    ]
    assert settled or not loose, f"{meta.db_table}: {loose} needs a rule for the merge"
    return PartyColumn(
        model=model,
        field=field,
        table=meta.db_table,
        column=_name(field),
        key=tuple((_name(f), sql_type(f)) for f in key),
        apart=tuple(apart),
    )


def _name(field: Any) -> str:
    return str(field.column)


def sql_type(field: Any) -> str:
    """The type of a key's or a settled field's column."""
    target = field.target_field if isinstance(field, models.ForeignKey) else field
    kinds: list[tuple[type[models.Field[Any, Any]], str]] = [
        (models.UUIDField, "uuid"),
        (models.DateTimeField, "timestamptz"),
        (models.DateField, "date"),
        (models.CharField, "text"),
    ]
    for kind, name in kinds:
        if isinstance(target, kind):
            return name
    raise AssertionError(f"a row of {field.model} can't be named by its {field.name}")
