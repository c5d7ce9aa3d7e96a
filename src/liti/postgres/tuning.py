"""Settings for the machine's memory, each with its reason (docs/postgresql.md says more)."""

from __future__ import annotations

import os

MIB = 1024 * 1024


def machine_memory_mib() -> int:
    """Physical memory in MiB."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB


def settings(memory_mib: int) -> dict[str, str]:
    """postgresql.conf for a development or demonstration server sharing its machine."""
    shared = max(64, min(2048, memory_mib // 8))
    return {
        # durability is never traded: an acknowledged transfer is on disk
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        # an eighth of memory, at most 2 GB: several servers share a developer's machine
        "shared_buffers": f"{shared}MB",
        # what the system's page cache will likely hold: planner's hint, not an allocation
        "effective_cache_size": f"{max(256, memory_mib // 2)}MB",
        # per sort or hash: generous for one analyst, harmless for 50 connections
        "work_mem": f"{max(8, min(64, memory_mib // 384))}MB",
        "maintenance_work_mem": f"{max(64, min(512, memory_mib // 32))}MB",
        "wal_buffers": "64MB",
        # rare checkpoints: full-page images after each one double the WAL of a batch load
        "max_wal_size": "8GB",
        "min_wal_size": "1GB",
        "checkpoint_timeout": "15min",
        "checkpoint_completion_target": "0.9",
        # JIT costs more than it gives on queries of some milliseconds
        "jit": "off",
        "random_page_cost": "1.1",
        "max_connections": "200",
        # a statement whose client was killed lets go of its locks, even while it waits
        "client_connection_check_interval": "10s",
        "timezone": "'UTC'",
        "log_timezone": "'UTC'",
        "log_min_duration_statement": "2000",
        "listen_addresses": "''",
        "unix_socket_permissions": "0777",
    }
