"""Keep programs running: restart what ends, with growing pauses and a bound; leave no orphans.

Knows nothing of the bank. Each program has a process group of its own, so that what it started
ends with it. A guardian (`liti.cli.guardian`) outlives us for as long as it takes to end the
groups when we are killed; on Linux the kernel tells the programs too.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)  # seconds before each restart in a row; then no more
HEALTHY_SECONDS = 10.0  # who ran so long starts with the first pause again
TICK_SECONDS = 0.2
WATCH_SECONDS = 1.0
STOP_SECONDS = 10.0
GUARDIAN = "liti.cli.guardian"
PR_SET_PDEATHSIG = 1

Say = Callable[[str], None]


class GaveUp(Exception):
    """Something failed too often in a row; the message says what."""


@dataclass(slots=True)
class Row:
    """Failures in a row of one thing, and when it may be tried again."""

    pauses: Sequence[float]
    healthy: float
    failures: int = 0
    since: float = field(default_factory=time.monotonic)
    due: float = 0.0

    def failed(self) -> float:
        """Count a failure; the pause before the next try. Raises GaveUp after the last."""
        now = time.monotonic()
        if now - self.since >= self.healthy:
            self.failures = 0
        self.failures += 1
        if self.failures > len(self.pauses):
            raise GaveUp
        pause = self.pauses[self.failures - 1]
        self.due = now + pause
        return pause

    def began(self) -> None:
        """It runs (again)."""
        self.since = time.monotonic()


@dataclass(slots=True)
class Program:
    """One program: its name for people, its command.

    `needed` is asked before each start; it raises OSError when the program can't start now.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] | None = None
    needed: Callable[[], bool] = lambda: True
    process: subprocess.Popen[bytes] | None = None
    row: Row | None = None


@dataclass(slots=True)
class Watched:
    """Something that is not our child: `lives` is asked, `mend` (may raise) brings it back."""

    name: str
    lives: Callable[[], bool]
    mend: Callable[[], None]
    row: Row | None = None


class Keeper:
    """Runs programs until told to stop (KeyboardInterrupt) or until one fails too often."""

    def __init__(
        self,
        programs: Sequence[Program],
        say: Say,
        *,
        watched: Sequence[Watched] = (),
        pauses: Sequence[float] = PAUSES,
        healthy: float = HEALTHY_SECONDS,
    ) -> None:
        self.programs, self.watched, self.say = list(programs), list(watched), say
        for program in self.programs:
            program.row = Row(pauses, healthy)
        for thing in self.watched:
            thing.row = Row(pauses, healthy)
        self.guardian_row = Row(pauses, healthy)
        self._guardian: subprocess.Popen[bytes] | None = None
        self._next_look = 0.0

    def run(self) -> int:
        """0 when stopped by KeyboardInterrupt, 1 when something failed too often."""
        try:
            self._start_guardian()
            while True:
                self._look_after()
                time.sleep(TICK_SECONDS)
        except KeyboardInterrupt:
            self.say("closing …")
            return 0
        except GaveUp as last:
            self.say(f"{last}; closing.")
            return 1
        finally:
            self._stop()

    def _look_after(self) -> None:
        now = time.monotonic()
        if self._guardian is not None and self._guardian.poll() is not None:
            self._give_up_or(self.guardian_row, "the guardian", how(self._guardian.returncode))
            self._start_guardian()
        if now >= self._next_look:
            for thing in self.watched:
                self._watch(thing, now)
            self._next_look = now + WATCH_SECONDS
        for program in self.programs:
            assert program.row is not None
            if program.process is None:
                if now >= program.row.due:
                    self._start(program)
            elif program.process.poll() is not None:
                code = program.process.returncode
                self._forget(program)
                self._give_up_or(program.row, program.name, how(code))

    def _watch(self, thing: Watched, now: float) -> None:
        assert thing.row is not None
        if now < thing.row.due or thing.lives():
            return
        self._give_up_or(thing.row, thing.name, "has ended", "starting it again")
        try:
            thing.mend()
        except Exception as error:  # tried again after the pause, until that was too often
            self.say(f"{thing.name} does not start: {error}")
            return
        self.say(f"{thing.name} runs again, after {time.monotonic() - now:.1f} s.")
        thing.row.began()

    def _give_up_or(self, row: Row, name: str, why: str, then: str = "") -> None:
        try:
            pause = row.failed()
        except GaveUp:
            raise GaveUp(f"{name} {why}; it failed {row.failures} times in a row") from None
        then = then or f"starting again in {pause:g} s"
        self.say(f"{name} {why}; {then} ({row.failures} of {len(row.pauses)}).")

    def _start(self, program: Program) -> None:
        assert program.row is not None
        try:
            if not program.needed():
                program.row.due = time.monotonic() + WATCH_SECONDS
                return None
            program.process = subprocess.Popen(
                program.command,
                env=program.environment,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=_end_with(os.getpid()),
            )
        except OSError as error:
            return self._give_up_or(program.row, program.name, f"does not start: {error}")
        program.row.began()
        return self._tell_guardian(f"+{program.process.pid}")

    def _forget(self, program: Program) -> None:
        """It has ended; what it left behind in its group would hold its port: ended too."""
        assert program.process is not None
        kill_group(program.process.pid, signal.SIGKILL)
        self._tell_guardian(f"-{program.process.pid}")
        program.process = None

    def _stop(self) -> None:
        running = [p for p in self.programs if p.process is not None]
        for program in running:
            assert program.process is not None
            program.process.terminate()
        end = time.monotonic() + STOP_SECONDS
        for program in running:
            assert program.process is not None
            with suppress(subprocess.TimeoutExpired):
                program.process.wait(max(0.1, end - time.monotonic()))
            self._forget(program)
        if self._guardian is not None and self._guardian.stdin is not None:
            with suppress(OSError):
                self._guardian.stdin.close()
            with suppress(subprocess.TimeoutExpired):
                self._guardian.wait(STOP_SECONDS)

    def _start_guardian(self) -> None:
        self._guardian = subprocess.Popen(
            [sys.executable, "-m", GUARDIAN], stdin=subprocess.PIPE, start_new_session=True
        )
        self.guardian_row.began()
        for program in self.programs:
            if program.process is not None:
                self._tell_guardian(f"+{program.process.pid}")

    def _tell_guardian(self, word: str) -> None:
        assert self._guardian is not None
        assert self._guardian.stdin is not None
        with suppress(OSError):  # it was killed: it is started anew and told everything
            self._guardian.stdin.write(f"{word}\n".encode())
            self._guardian.stdin.flush()


def how(code: int) -> str:
    """How a program ended, for people."""
    if code >= 0:
        return f"ended with exit code {code}"
    with suppress(ValueError):
        return f"was killed by {signal.Signals(-code).name}"
    return f"was killed by signal {-code}"


def kill_group(group: int, number: signal.Signals) -> bool:
    """Send a signal to a process group; False when there is none any more."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _end_with(parent: int) -> Callable[[], None] | None:
    """What a child does before it becomes the program: ask Linux to be told of our death."""
    if not sys.platform.startswith("linux"):
        return None
    libc = ctypes.CDLL(None, use_errno=True)

    def ask() -> None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # killed meanwhile
            os._exit(1)

    return ask
