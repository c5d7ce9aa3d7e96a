"""Whether a server lives on a data folder, whatever its postmaster.pid says.

The file may be empty (a full disk), garbage, left by a killed server, or name a process that
has nothing to do with it. A server's working folder is its data folder: that is asked.
"""

from __future__ import annotations

import os
from pathlib import Path

from liti.postgres.errors import PostgresError

PROC = Path("/proc")
PID_DIGITS_MAX = 9


def living(data: Path) -> int | None:
    """The process id of the server that has this data folder, or None."""
    named = _named(data / "postmaster.pid")
    if not PROC.joinpath("self").exists():  # no such file system: the pid is all there is
        return named if named and _exists(named) else None
    if named and serves(named, data):
        return named
    # The file does not name it, but starting a second server on its data would destroy them.
    pids = (int(p.name) for p in PROC.iterdir() if p.name.isdigit())
    return next((pid for pid in pids if serves(pid, data)), None)


def serves(pid: int, data: Path) -> bool:
    """Whether the process is the first of a server on this data folder."""
    try:
        command = (PROC / str(pid) / "cmdline").read_bytes().split(b"\0")
        # Its children (“postgres: checkpointer”) are no server; they leave by themselves.
        if os.path.basename(command[0]) != b"postgres":
            return False
        return os.path.samefile(PROC / str(pid) / "cwd", data)
    except OSError:  # gone meanwhile, or of a user whose folders are closed to us
        return False


def left_behind(data: Path) -> list[int]:
    """Processes of a killed server that still work on the data; each leaves when it notices.

    A server that starts beside them would destroy the data, and once the pid file is gone
    PostgreSQL itself does not know of them.
    """
    if not PROC.joinpath("self").exists():
        return []
    pids = (int(p.name) for p in PROC.iterdir() if p.name.isdigit())
    return [pid for pid in pids if _works_on(pid, data)]


def _works_on(pid: int, data: Path) -> bool:
    try:
        name = (PROC / str(pid) / "comm").read_bytes()
        return name.startswith(b"postgres") and os.path.samefile(PROC / str(pid) / "cwd", data)
    except OSError:
        return False


def forget_dead(data: Path, *more: Path) -> None:
    """Remove the pid file, and more lock files, when nobody works on the data any more.

    Raises PostgresError.
    """
    for file in (data / "postmaster.pid", *more):
        if not os.path.lexists(file) or living(data) or left_behind(data):
            continue
        try:
            file.unlink()
        except OSError as error:
            raise PostgresError(
                f"{file} is in the way and can't be removed ({error.strerror}), and no server runs"
                " on these data: remove it by hand."
            ) from error


def _named(file: Path) -> int | None:
    try:
        with open(file, "rb") as found:
            first = found.readline(64).strip()
    except OSError:
        return None
    if first.isdigit() and len(first) <= PID_DIGITS_MAX:
        return int(first) or None
    return None


def _exists(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
