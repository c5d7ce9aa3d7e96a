"""The real clearing house program, on a free port, spoken to over the wire."""

from __future__ import annotations

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from liti.payments.clearing import HttpClearingHouse

TIMEOUT_SECONDS = 0.5
LATE_SECONDS = 1.0


@dataclass(frozen=True)
class Wire:
    """The bank's side of the wire, and a look into the other side's books."""

    house: HttpClearingHouse

    def settled(self) -> dict[str, int]:
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.house.url}/books", timeout=5) as answer:
            totals = json.load(answer)
        return {side: totals.get(side, {"minor": 0})["minor"] for side in ("in", "out")}


@pytest.fixture(scope="session")
def wire(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wire]:
    books = tmp_path_factory.mktemp("clearing") / "books.sqlite"
    program = subprocess.Popen(
        [sys.executable, "-m", "liti.sim.clearing", "--port", "0", "--books", str(books),
         "--late-seconds", str(LATE_SECONDS)],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    assert program.stdout is not None
    url = program.stdout.readline().split()[-1]
    yield Wire(HttpClearingHouse(url, TIMEOUT_SECONDS))
    program.terminate()
    program.wait(10)
    program.stdout.close()
