"""The served bank survives what kills its parts, and leaves nothing when it is killed itself."""

from __future__ import annotations

import os
import signal
import time
import urllib.request
from pathlib import Path

import pytest
from tests.walk.conftest import Bank, free_port

from liti import postgres
from liti.postgres.pidfile import living

PATIENCE_SECONDS = 120
pytestmark = pytest.mark.slow


def until(true, what):
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, f"waited in vain: {what}"
        time.sleep(0.2)


def family(pid):
    """A process and all that came from it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return []
    return [pid, *(each for child in children for each in family(int(child)))]


def named(pid, word):
    return [
        each
        for each in family(pid)[1:]
        if word in Path(f"/proc/{each}/cmdline").read_bytes().replace(b"\0", b" ")
    ]


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_killed_parts_come_back_and_a_killed_house_leaves_nothing(bank):
    port = free_port()
    one = Bank(bank.folder, port)
    house = one.start("serve", "--port", str(port), "--clearing-port", str(port + 1))

    def answers():
        try:
            with urllib.request.urlopen(f"{one.url}/auth/login/", timeout=5) as page:
                return page.status == 200
        except OSError:
            return False

    try:
        until(answers, "the house opens")
        for word in (b"granian", b"procrastinate", b"liti.sim.clearing"):
            first = named(house.pid, word)[0]
            os.kill(first, signal.SIGKILL)
            until(
                lambda first=first, word=word: (
                    set(named(house.pid, word)) - {first} and not alive(first)
                ),
                f"{word} comes back",
            )
            until(answers, f"the house answers after {word}")
        data = postgres.ensure_running(bank.folder).data
        database = living(data)
        os.kill(database, signal.SIGKILL)
        until(lambda: postgres.runs(bank.folder), "the database comes back")
        until(answers, "the house answers after the database")
        assert house.poll() is None

        everybody = family(house.pid)
        assert len(everybody) >= 5
        house.kill()
        until(lambda: not any(alive(p) for p in everybody), "all have ended")
        assert living(data)  # goes on, and the next start takes it over
        assert bank.sql("SELECT 1") == [(1,)]
    finally:
        house.kill()
        said = house.stdout.read()
        house.stdout.close()
    assert "web server was killed by SIGKILL; starting again in 0.5 s" in said
    assert "clearing house was killed by SIGKILL" in said
    assert "database has ended; starting it again" in said
