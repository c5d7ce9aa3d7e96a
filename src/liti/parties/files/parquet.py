"""Parquet files: values as they are typed there, read in batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet

from liti.parties.files.cells import Cell, typed
from liti.parties.files.tables import Row, Table, headings, row_of

_READ_ROWS = 5_000


def read_parquet(path: Path) -> Table:
    """All columns; a value that no calendar or clock of ours can hold is damaged."""
    file = pyarrow.parquet.ParquetFile(path)
    columns = headings(path, list(file.schema_arrow.names))

    def rows() -> Iterator[Row]:
        number = 1
        for batch in file.iter_batches(batch_size=_READ_ROWS):
            cells = [_column(batch.column(at)) for at in range(batch.num_columns)]
            for values in zip(*cells, strict=True):
                number += 1
                yield row_of(number, columns, values)

    return Table(columns, rows())


def _column(values: Any) -> list[Cell]:
    try:
        return [typed(v) for v in values.to_pylist()]
    except (ValueError, OverflowError, ArithmeticError, pyarrow.ArrowException):
        return [_cell(v) for v in values]


def _cell(value: Any) -> Cell:
    try:
        return typed(value.as_py())
    except (ValueError, OverflowError, ArithmeticError, pyarrow.ArrowException):
        return Cell("?", "cell_type")
