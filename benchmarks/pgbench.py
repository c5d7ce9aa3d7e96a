"""PostgreSQL's own yardstick: pgbench -N, three small statements and one commit each."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from liti.postgres import binaries


def program() -> Path | None:
    """The pgbench that came with the server's programs, where it did."""
    found = binaries.find() / "pgbench"
    return found if found.is_file() else None


def prepare(pgbench: Path, environment: dict[str, str], scale: int) -> None:
    """Make its four tables: 100,000 accounts for each unit of scale."""
    _run([pgbench, "-i", "-q", "-s", str(scale)], environment)


def measure(pgbench: Path, environment: dict[str, str], *, clients: int, seconds: int) -> float:
    """Transactions a second, without the time to connect."""
    threads = min(2, clients)
    said = _run(
        [pgbench, "-N", "-n", "-c", f"{clients}", "-j", f"{threads}", "-T", f"{seconds}"],
        environment,
    )
    found = re.search(r"tps = ([\d.]+)", said)
    if not found:
        raise RuntimeError(f"pgbench gave no figure: {said[-300:]}")
    return float(found.group(1))


def _run(command: list[str | Path], environment: dict[str, str]) -> str:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600)
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-500:]}")
    return done.stdout
