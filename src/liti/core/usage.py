"""What a piece of work takes: time, processor and the most memory, of this process with its
children and of the database's server beside it.

Read from /proc while the work goes on; where there is none (macOS), or the database is another
machine's, what can't be known is None.
"""

from __future__ import annotations

import os
import resource
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from liti.postgres import server_pid

PROC = Path("/proc")
LOOK_SECONDS = 1.0
KIB = 1024


@dataclass(slots=True)
class Usage:
    """Seconds on the clock and of processor; bytes at most. Filled in when the work ends."""

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    memory: int = 0
    database_cpu_seconds: float | None = None
    database_memory: int | None = None


@contextmanager
def used(var_dir: Path) -> Iterator[Usage]:
    """Measure the work inside; the embedded server of `var_dir` is the database."""
    usage = Usage()
    watch = _Watch(usage, server_pid(var_dir))
    began, cpu, database_cpu = time.monotonic(), _own_cpu(), watch.database_cpu()
    watch.thread.start()
    try:
        yield usage
    finally:
        watch.over.set()
        watch.thread.join()
        watch.look()
        usage.seconds = time.monotonic() - began
        usage.cpu_seconds = _own_cpu() - cpu
        after = watch.database_cpu()
        if database_cpu is not None and after is not None:
            usage.database_cpu_seconds = after - database_cpu


@dataclass(slots=True)
class _Watch:
    usage: Usage
    server: int | None
    over: threading.Event = field(default_factory=threading.Event)
    thread: threading.Thread = field(init=False)

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._run, name="usage", daemon=True)

    def _run(self) -> None:
        while not self.over.wait(LOOK_SECONDS):
            self.look()

    def look(self) -> None:
        """Keep what is held now where it is more than before."""
        parents = _parents()
        self.usage.memory = max(self.usage.memory, _held(_family(os.getpid(), parents)))
        if not parents:
            self.usage.memory = max(self.usage.memory, _most_ever())
        if self.server is not None and self.server in parents:
            held = _held(_family(self.server, parents))
            self.usage.database_memory = max(self.usage.database_memory or 0, held)

    def database_cpu(self) -> float | None:
        """Seconds that the server has taken since it was started, ended sessions included."""
        parents = _parents()
        if self.server is None or self.server not in parents:
            return None
        return sum(_cpu_of(pid, pid == self.server) for pid in _family(self.server, parents))


def _own_cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def _most_ever() -> int:
    """The most that this process ever held, where nothing says what it holds now."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * KIB


def _parents() -> dict[int, int]:
    """Process → its parent; empty where there is no /proc."""
    found: dict[int, int] = {}
    if not (PROC / "self").exists():
        return found
    for name in os.listdir(PROC):
        if name.isdigit() and (fields := _stat(int(name))):
            found[int(name)] = int(fields[1])
    return found


def _family(root: int, parents: dict[int, int]) -> set[int]:
    family, more = {root}, True
    while more:
        children = {pid for pid, parent in parents.items() if parent in family} - family
        family |= children
        more = bool(children)
    return family


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat from the state on; none of a process that is gone."""
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return []
    return text[text.rindex(")") + 2 :].split()


def _cpu_of(pid: int, with_ended: bool) -> float:
    fields = _stat(pid)
    ticks = sum(int(x) for x in fields[11 : 15 if with_ended else 13])
    return ticks / os.sysconf("SC_CLK_TCK")


def _held(pids: set[int]) -> int:
    """Bytes that the processes hold; what they share counts once."""
    return sum(_proportional(pid) for pid in pids)


def _proportional(pid: int) -> int:
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text(encoding="ascii").splitlines()
    except OSError:  # gone meanwhile, or another user's
        return 0
    return next((int(line.split()[1]) * KIB for line in lines if line.startswith("Pss:")), 0)
