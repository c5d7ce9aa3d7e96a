"""Expressions compiled for DuckDB once a process and run for any day.

To compile all features takes longer than to compute them for a small bank. In the compiled
text the day and its month are variables of the connection; DuckDB puts their values in before
it plans, so that the plan is that of plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import Any

import ibis
import pyarrow as pa

from liti.insight.features.registry import Day
from liti.insight.features.wide import Tables

# (tables, day) → expression: a function of a module, which is what it is remembered by
Make = Callable[[Tables, Day], Any]
KEPT_TEXTS = 32
CHUNK_ROWS = 100_000
_texts: dict[tuple[Any, ...], str] = {}


@ibis.udf.scalar.builtin(signature=(("string",), "int32"))
def getvariable(key: Any) -> Any:
    """DuckDB's own function: the value of a variable that SET VARIABLE has given."""


def schema_of(columns: Sequence[str]) -> pa.Schema:
    """Our own types: engines widen sums to types that Parquet would make floats."""
    types = {"party_id": pa.string(), "month": pa.int32()}
    return pa.schema([(each, types.get(each, pa.int64())) for each in columns])


def batches(
    engine: Any, tables: Tables, make: Make, on: Day, columns: Sequence[str]
) -> Iterable[pa.RecordBatch]:
    """The rows of `make(tables, on)` on an ibis connection to DuckDB, in `schema_of(columns)`."""
    statement = _text(engine, tables, make, on, tuple(columns))
    raw = engine.con
    raw.execute("SET VARIABLE day = CAST(? AS INTEGER)", [on.day])
    raw.execute("SET VARIABLE month = CAST(? AS INTEGER)", [on.month])
    schema = schema_of(columns)
    for batch in raw.execute(statement).to_arrow_reader(CHUNK_ROWS):
        yield pa.RecordBatch.from_arrays(
            [batch[n].cast(schema.field(n).type) for n in columns], schema=schema
        )


def _text(engine: Any, tables: Tables, make: Make, on: Day, columns: tuple[str, ...]) -> str:
    """The choices of a day stand in the text as they are: they change a few times a year."""
    variable = replace(on, day=getvariable("day"), month=getvariable("month"))
    key = (make, columns, replace(on, day=0, month=0))
    if key not in _texts:
        if len(_texts) >= KEPT_TEXTS:
            _texts.pop(next(iter(_texts)))
        _texts[key] = engine.compile(make(tables, variable).select(*columns))
    return _texts[key]
