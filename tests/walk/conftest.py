"""A small sample bank of its own, made and served as its user would: by the command."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from tests.servers import take_away
from tests.walk.browsing import CHROMIUM, DESK, FLAGS

import liti
from liti import postgres

PACKAGE_ROOT = Path(liti.__file__).resolve().parent.parent
CUSTOMERS = "150"
DAYS = "4"
PASSWORD = "liti-demo-2026"
# what the bank was when it was made: other tests buy and pay on it
UNTOUCHED: dict[str, object] = {}


@dataclass(frozen=True)
class Bank:
    """An installation in a folder."""

    folder: Path
    port: int

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        # a user's shell has none of the settings that the tests and tools around us may have
        ours = ("DATABASE_URL", "DJANGO_SETTINGS_MODULE")
        kept = {k: v for k, v in os.environ.items() if k not in ours and not k.startswith("LITI_")}
        return {
            **kept,
            "LITI_VAR_DIR": str(self.folder),
            "PYTHONPATH": str(PACKAGE_ROOT),
            "LITI_CLEARING_URL": f"http://127.0.0.1:{self.port + 1}",
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
        }

    def liti(self, *arguments: str, timeout: int = 300) -> subprocess.CompletedProcess[str]:
        """Run the command as its user does."""
        return subprocess.run(
            [sys.executable, "-m", "liti", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=timeout,
        )

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command and go on."""
        return subprocess.Popen(
            [sys.executable, "-m", "liti", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def sql(self, text: str) -> list[tuple[object, ...]]:
        """Ask the bank's database directly."""
        server = postgres.ensure_running(self.folder)
        with psycopg.connect(
            host=str(server.socket_dir), user="liti", dbname="liti", autocommit=True
        ) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def fingerprint(self) -> dict[str, object]:
        """What the bank's end state is, in figures that don't depend on ids made by chance."""
        counts = {
            table: self.sql(f"SELECT count(*) FROM {table}")[0][0]
            for table in (
                "parties_sourcerecord", "parties_party", "accounts_electronicaccount",
                "lending_contract", "lending_scheduleline", "payments_standingorder",
                "ledger_transfer", "ledger_entry", "sample_recordedbalance", "market_order",
            )
        }  # fmt: skip
        books = self.sql(
            "SELECT md5(string_agg(e.number || ':' || a.balance_minor || ':' || a.entry_count,"
            " ',' ORDER BY e.number)) FROM accounts_electronicaccount e"
            " JOIN ledger_account a ON a.id = e.id"
        )
        return {**counts, "balances": books[0][0]}


def free_port() -> int:
    """A pair of neighbouring ports that nobody has."""
    for _attempt in range(50):
        with socket.socket() as first:
            first.bind(("127.0.0.1", 0))
            port = first.getsockname()[1]
            with socket.socket() as second:
                if second.connect_ex(("127.0.0.1", port + 1)):
                    return port
    raise RuntimeError("no two free ports beside each other")


@pytest.fixture(scope="session")
def bank(tmp_path_factory) -> Iterator[Bank]:
    """The small bank, made whole."""
    folder = tmp_path_factory.mktemp("bank")
    made = Bank(folder, free_port())
    done = made.liti("demo", "--customers", CUSTOMERS, "--days", DAYS, "--no-serve")
    assert done.returncode == 0, done.stdout + done.stderr
    UNTOUCHED.update(made.fingerprint())
    yield made
    take_away(folder)


@pytest.fixture(scope="session")
def served(bank) -> Iterator[Bank]:
    """The small bank with its doors open."""
    house = bank.start("serve", "--port", str(bank.port))
    try:
        for _attempt in range(120):
            try:
                urllib.request.urlopen(f"{bank.url}/auth/login/", timeout=2)
                break
            except OSError:
                assert house.poll() is None, house.stdout.read()
                time.sleep(0.5)
        yield bank
    finally:
        house.send_signal(signal.SIGTERM)
        house.wait(30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, headless=True, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def people(chromium, served) -> Iterator[Callable[..., object]]:
    """A page of somebody who is signed in; each person signs in once."""
    signed_in: dict[str, object] = {}
    complaints: list[str] = []

    def as_person(username: str, viewport=DESK, language: str = "en-GB"):
        if username not in signed_in:
            context = chromium.new_context(viewport=viewport, locale=language)
            context.set_default_timeout(15_000)
            page = context.new_page()
            page.on("console", lambda m: complaints.append(m.text) if m.type == "error" else None)
            page.goto(f"{served.url}/auth/login/")
            page.fill("#id_login", username)
            page.fill("#id_password", PASSWORD)
            page.click("#sign-in-button")
            page.wait_for_url(lambda url: "/auth/" not in url)
            signed_in[username] = page
        return signed_in[username]

    yield as_person
    assert not [c for c in complaints if "Content Security Policy" in c]
