"""The analytical engine of one machine: DuckDB behind ibis, always with limits.

Without limits one wide window over all entries takes the whole memory, then the whole disk.
The same expressions run on Spark by handing its tables to `features.wide`.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import ibis
from django.conf import settings

MEMORY_SHARE = 4  # a quarter of the machine: PostgreSQL works beside it
MEMORY_MIN_MB = 512
TEMP_MAX = "20GB"


def data_dir() -> Path:
    """Where the data cloud lives: entries by month, features by day."""
    return Path(settings.LITI_DATA_DIR) / "insight"


def memory_limit_mb() -> int:
    """How much DuckDB may take; LITI_DUCKDB_MEMORY_MB overrides."""
    if given := os.environ.get("LITI_DUCKDB_MEMORY_MB"):
        return int(given)
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return max(MEMORY_MIN_MB, total // MEMORY_SHARE)


@contextmanager
def duckdb_connection() -> Iterator[Any]:
    """An ibis connection to a DuckDB in memory that spills into our own folder."""
    spill = data_dir() / "spill"
    spill.mkdir(parents=True, exist_ok=True)
    connection = ibis.duckdb.connect(
        threads=os.cpu_count() or 1,
        memory_limit=f"{memory_limit_mb()}MB",
        temp_directory=str(spill),
        max_temp_directory_size=TEMP_MAX,
    )
    try:
        yield connection
    finally:
        connection.disconnect()
