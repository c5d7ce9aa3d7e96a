"""Programs that are kept running: killed for real, by the pids that were started here."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import liti
from liti.cli.programs import GaveUp, Keeper, Program, Row, Watched, how

PACKAGE_ROOT = Path(liti.__file__).resolve().parent.parent
PATIENCE_SECONDS = 30
# A program that starts another one, as a web server does, and says both pids.
FAMILY = """
import os, subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
with open(sys.argv[1], "a") as out:
    out.write(f"{os.getpid()} {child.pid}\\n")
time.sleep(600)
"""
KEEPER = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # whoever runs the tests may ignore it
from liti.cli.programs import Keeper, Program
program = Program("family", [sys.executable, "-c", sys.argv[1], sys.argv[2]])
keeper = Keeper([program], lambda line: print(line, flush=True), pauses=(0.1,) * 6)
sys.exit(keeper.run())
"""


def until(true, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.05)


def alive(pid):
    """Whether it runs: a zombie that nobody has collected yet does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


class Kept:
    """A keeper in a process of its own, with what its family wrote down."""

    def __init__(self, folder):
        self.file = folder / "pids"
        self.file.touch()
        self.process = subprocess.Popen(
            [sys.executable, "-c", KEEPER, FAMILY, str(self.file)],
            env={**os.environ, "PYTHONPATH": str(PACKAGE_ROOT)},
            stdout=subprocess.PIPE,
            text=True,
        )
        self.family(1)

    def families(self):
        return [[int(p) for p in line.split()] for line in self.file.read_text().splitlines()]

    def family(self, number):
        until(lambda: len(self.families()) >= number, f"family {number} starts")
        return self.families()[number - 1]

    def guardian(self):
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        for pid in children.split():
            if b"liti.cli.guardian" in Path(f"/proc/{pid}/cmdline").read_bytes():
                return int(pid)
        return 0

    def end(self):
        self.process.kill()
        self.process.wait(10)
        self.process.stdout.close()
        until(lambda: not any(alive(p) for f in self.families() for p in f), "all have ended")


@pytest.fixture
def kept(tmp_path):
    made = Kept(tmp_path)
    yield made
    made.end()


def test_a_killed_program_is_started_again_and_its_children_are_ended(kept):
    parent, child = kept.family(1)
    os.kill(parent, signal.SIGKILL)
    again, _other = kept.family(2)
    assert not alive(child)
    assert alive(again)
    assert "family was killed by SIGKILL; starting again in 0.1 s (1 of 6)." in (
        kept.process.stdout.readline()
    )


@pytest.mark.parametrize("guardian_too", [False, True])
def test_nothing_is_left_after_kill_9(kept, guardian_too):
    family = kept.family(1)
    until(kept.guardian, "a guardian")
    if guardian_too:  # then the kernel still tells the program itself
        os.kill(kept.guardian(), signal.SIGKILL)
    kept.process.kill()
    left = family[:1] if guardian_too else family
    until(lambda: not any(alive(p) for p in left), "the family ends")
    if guardian_too and alive(family[1]):  # this family does not pass the word on
        os.kill(family[1], signal.SIGKILL)


def test_a_killed_guardian_is_replaced_and_knows_what_runs(kept):
    family = kept.family(1)
    until(kept.guardian, "a guardian")
    first = kept.guardian()
    os.kill(first, signal.SIGKILL)
    assert "the guardian was killed by SIGKILL" in kept.process.stdout.readline()
    until(lambda: kept.guardian() not in (0, first), "another guardian")
    time.sleep(0.3)  # it is told at once, but by a pipe
    kept.process.kill()
    until(lambda: not any(alive(p) for p in family), "the family ends")


def test_sigint_ends_all_and_is_no_failure(kept):
    family = kept.family(1)
    kept.process.send_signal(signal.SIGINT)
    assert kept.process.wait(PATIENCE_SECONDS) == 0
    assert not any(alive(p) for p in family)


def test_what_keeps_failing_ends_all_with_1_after_growing_pauses():
    said: list[str] = []
    good = Program("good", [sys.executable, "-c", "import time; time.sleep(600)"])
    bad = Program("bad", [sys.executable, "-c", "raise SystemExit(3)"])
    keeper = Keeper([good, bad], said.append, pauses=(0.01, 0.02, 0.04))

    assert keeper.run() == 1

    assert said == [
        "bad ended with exit code 3; starting again in 0.01 s (1 of 3).",
        "bad ended with exit code 3; starting again in 0.02 s (2 of 3).",
        "bad ended with exit code 3; starting again in 0.04 s (3 of 3).",
        "bad ended with exit code 3; it failed 4 times in a row; closing.",
    ]
    assert good.process is None


def test_a_program_that_is_not_there_or_may_not_start_now_is_a_failure_too():
    def busy() -> bool:
        raise OSError("port 1 is in use")

    for program in (Program("x", ["/nowhere"]), Program("x", ["true"], needed=busy)):
        said: list[str] = []
        assert Keeper([program], said.append, pauses=(0.01,)).run() == 1
        assert said[0].startswith("x does not start: ")
        assert "it failed 2 times in a row; closing." in said[1]


def test_what_is_watched_is_mended_and_given_up_when_it_can_not_be():
    tries = []

    def mend() -> None:
        tries.append(1)
        raise RuntimeError("the disk is full")

    said: list[str] = []
    gone = Watched("database", lambda: False, mend)
    assert Keeper([], said.append, watched=[gone], pauses=(0.01, 0.01)).run() == 1
    assert len(tries) == 2
    assert said[0] == "database has ended; starting it again (1 of 2)."
    assert said[1] == "database does not start: the disk is full"
    assert said[-1] == "database has ended; it failed 3 times in a row; closing."


def test_who_ran_long_enough_begins_with_the_first_pause_again():
    row = Row((1.0, 2.0), healthy=10.0)
    assert [row.failed(), row.failed()] == [1.0, 2.0]
    row.since = time.monotonic() - 11
    assert row.failed() == 1.0
    row.since = time.monotonic()
    assert row.failed() == 2.0
    with pytest.raises(GaveUp):
        row.failed()


def test_how_a_program_ended_is_said_in_words():
    assert how(3) == "ended with exit code 3"
    assert how(-9) == "was killed by SIGKILL"
    assert how(-250) == "was killed by signal 250"
