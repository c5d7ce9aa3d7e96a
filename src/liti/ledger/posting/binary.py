"""Arrays that go to PostgreSQL and rows that come back without an object for each value.

The layouts are those of PostgreSQL's binary formats: array_send, record_send, COPY BINARY.
"""

from __future__ import annotations

import struct
from typing import Any

import numpy as np
import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format

INT2, INT4, INT8, BOOL, BPCHAR3, UUID = ">i2", ">i4", ">i8", "?", "S3", "V16"
_LENGTHS = {INT2: 2, INT4: 4, INT8: 8, BOOL: 1, BPCHAR3: 3, UUID: 16}
COPY_HEADER = b"PGCOPY\n\xff\r\n\0" + struct.pack(">ii", 0, 0)
COPY_TRAILER = struct.pack(">h", -1)


class Array:
    """A one-dimensional array as PostgreSQL takes it in binary."""

    __slots__ = ("data",)
    kind, element = "", 0

    def __init__(self, values: Any) -> None:
        values = np.asarray(values)
        header = struct.pack(">iii", 1 if len(values) else 0, 0, self.element)
        if not len(values):
            self.data = header
            return
        rows = np.empty(len(values), dtype=[("length", INT4), ("value", self.kind)])
        rows["length"] = _LENGTHS[self.kind]
        rows["value"] = values
        self.data = header + struct.pack(">ii", len(values), 1) + rows.tobytes()


class Int4s(Array):
    """int4[]"""

    kind, element = INT4, 23


class Int8s(Array):
    """int8[]"""

    kind, element = INT8, 20


class Uuids(Array):
    """uuid[], from an array of their 16 bytes."""

    kind, element = UUID, 2950


class _ArrayDumper(Dumper):
    format = Format.BINARY

    def dump(self, obj: Array) -> bytes:
        return obj.data


class _Int4sDumper(_ArrayDumper):
    oid = 1007


class _Int8sDumper(_ArrayDumper):
    oid = 1016


class _UuidsDumper(_ArrayDumper):
    oid = 2951


psycopg.adapters.register_dumper(Int4s, _Int4sDumper)
psycopg.adapters.register_dumper(Int8s, _Int8sDumper)
psycopg.adapters.register_dumper(Uuids, _UuidsDumper)


def record(fields: list[tuple[str, str]]) -> np.dtype[Any]:
    """The layout of ROW(…) in binary, of columns that are never NULL."""
    parts: list[tuple[str, str]] = [("_count", INT4)]
    for name, kind in fields:
        parts += [(f"_{name}_oid", INT4), (f"_{name}_length", INT4), (name, kind)]
    return np.dtype(parts)


def copied(fields: list[tuple[str, str]]) -> np.dtype[Any]:
    """The layout of a row of COPY BINARY, of columns that are never NULL."""
    parts: list[tuple[str, str]] = [("_count", INT2)]
    for name, kind in fields:
        parts += [(f"_{name}_length", INT4), (name, kind)]
    return np.dtype(parts)


def copy_rows(layout: np.dtype[Any], count: int) -> Any:
    """Empty rows of a layout with counts and lengths filled in."""
    rows = np.empty(count, dtype=layout)
    names = [n for n in layout.names or () if not n.startswith("_")]
    rows["_count"] = len(names)
    for name in names:
        rows[f"_{name}_length"] = layout[name].itemsize
    return rows


def uuid_array(raw: bytes) -> Any:
    """An array of ids from their bytes, one after the other."""
    return np.frombuffer(raw, dtype=UUID)
