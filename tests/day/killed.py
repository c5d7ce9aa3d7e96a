"""A small bank that is closed for a few days, undisturbed or killed again and again.

The state after a close is compared as text: every table of the bank but for the ids and the
moments that chance or the clock made.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import psycopg

import liti
from liti import postgres

PACKAGE_ROOT = Path(liti.__file__).resolve().parent.parent
# (table, columns that say what it holds). Rows are compared sorted; ids are left out where
# chance makes them, and given where they are made of the thing (transfers of the close).
STATE = {
    "core_businessday": "current",
    "day_day": '"on", state',
    "day_step": "day_id, name, position, state, items_done, items_all, chunks, cursor, error",
    "day_figure": '"on", name, value',
    "ledger_account": "id, status, floor_minor, debits_minor, credits_minor, entry_count",
    "ledger_transfer_v": "debit_account_id, credit_account_id, amount_minor, kind, booked_on,"
    " value_on, currency, origin, narrative",
    "ledger_entry_v": "account_id, change_minor, booked_on",
    "payments_standingorderdue": "order_id, due_on, state, attempts, tried_on, transfer_id, reason",
    "lending_collection": "contract_id, period, due_on, state, attempts, tried_on, amount_minor",
    "lending_contract": "id, status",
    "market_order": "party_id, key, status, amount_minor, settles_on",
    "wealth_holding": "account_id, shares_minor, remainder_minor",
    "wealth_income": '"on", earning_minor, income_minor, remainder_minor',
    "wealth_incomerun": '"on", holdings, income_minor, transfer_id IS NULL',
    "insight_features": "*",
    "insight_party_month": "*",
    "insight_bank_month": "*",
    "groups_stagespan": "party_id, stage, criterion, since, until",
    "groups_segmentmember": "party_id, segment_code, since, until",
    "groups_diagnosis": "party_id, criterion, since, until",
    "outreach_plan": '"on", status, people, candidates, planned',
    "outreach_planitem": "party_id, channel, department, propensity_bp, expected_minor, status",
}


DAYS = 3
# Everything but the closing: people, accounts, books, and for the days to come what people do
# and funds report. The days are the last two of the month before and the first of this one,
# so that fees and interest fall into them.
MAKE = """
from datetime import timedelta
from liti.cli.main import set_up
set_up()
from liti.cli.db import bring_up_to_date
from liti.core.clock import local_date
from liti.core.context import acting, job
bring_up_to_date()
with acting(job("demo")):
    from liti.ledger import queries as ledger
    from liti.market import services as market
    from liti.parties import queries as parties
    from liti.sample import acts, days, demo, services
    from liti.wealth import services as wealth
    walk = demo.begin(customers={customers}, closed_days=local_date().day + 1)
    for step in demo.STEPS:
        if step.name not in ("days", "check"):
            demo.run(step, walk, lambda count: None)
    people = services.everyday(walk.sample)
    coming = [walk.sample.closed_from + timedelta(days=n) for n in range({days})]
    for on in coming:
        services.post_day(people.movements(on))
    wealth.record_yields(days.FUND, {{on: "0.5500" for on in coming}})
    bought = 0
    for account, party in days.owners():
        born = parties.party(party).birth_date
        if ledger.balance(account) > 1_000_000 and born and born.year < 2005 and bought < 9:
            market.assess(party, acts.careful_answers())
            market.place_order(party, days.FUND, account, 200_000 + bought, channel="mobile",
                               key=f"made-{{account}}")
            bought += 1
    assert bought > 3
"""


@dataclass(frozen=True)
class Bank:
    """A copy of the small bank in a database of its own."""

    folder: Path
    database: str

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LITI_", "DJANGO_"))}
        server = postgres.ensure_running(self.folder)
        return {
            **kept,
            "DATABASE_URL": f"postgresql://liti@/{self.database}?host={server.socket_dir}",
            "LITI_VAR_DIR": str(self.folder / self.database),
            "PYTHONPATH": str(PACKAGE_ROOT),
            "LANG": "C.UTF-8",
            "COLUMNS": "200",
        }

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start the command in a session of its own."""
        return subprocess.Popen(
            [sys.executable, "-m", "liti", *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def make(self, customers: int) -> None:
        """Make the bank here, in the embedded server's own database."""
        kept = {k: v for k, v in self.environment.items() if k != "DATABASE_URL"}
        subprocess.run(
            [sys.executable, "-c", MAKE.format(customers=customers, days=DAYS)],
            env={**kept, "LITI_VAR_DIR": str(self.folder)},
            check=True,
            timeout=600,
        )

    def copy(self, name: str) -> Bank:
        """Another bank like this one: its database and its files."""
        server = postgres.ensure_running(self.folder)
        with psycopg.connect(
            host=str(server.socket_dir), user="liti", dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {self.database}")
        shutil.copytree(self.folder / "data", self.folder / name / "data")
        return Bank(self.folder, name)

    def current(self) -> date:
        """The business date."""
        [(on,)] = self.sql("SELECT current FROM core_businessday")
        return on

    def close(self, through: date) -> str:
        """Close to the end; what the command said."""
        running = self.start("day", "close", "--through", through.isoformat())
        said, _none = running.communicate(timeout=600)
        assert running.returncode == 0, said
        return said

    def kill_after(self, through: date, seconds: float) -> bool:
        """Begin a close and kill it; False when it had ended by then."""
        running = self.start("day", "close", "--through", through.isoformat())
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if running.poll() is not None:
                break
            time.sleep(0.01)
        alive = running.poll() is None
        if alive:
            os.killpg(running.pid, signal.SIGKILL)
        running.communicate(timeout=60)
        return alive

    def sql(self, text: str) -> list[tuple[object, ...]]:
        server = postgres.ensure_running(self.folder)
        with psycopg.connect(
            host=str(server.socket_dir), user="liti", dbname=self.database, autocommit=True
        ) as connection:
            cursor = connection.execute(text)
            return cursor.fetchall() if cursor.description else []

    def state(self) -> dict[str, list[str]]:
        """Every table's rows as sorted text."""
        return {
            table: sorted(
                str(row[0])
                for row in self.sql(f"SELECT ROW(t.*)::text FROM (SELECT {what} FROM {table}) t")
            )
            for table, what in STATE.items()
        }


def differences(left: dict[str, list[str]], right: dict[str, list[str]]) -> dict[str, list[str]]:
    """By table, some rows that only one of the two has."""
    return {
        table: sorted(set(left[table]) ^ set(right[table]))[:6] or ["counts differ"]
        for table in left
        if left[table] != right[table]
    }


def moments(seed: int, count: int, longest: float) -> list[float]:
    """When to kill: spread over the whole close, the same on every run."""
    draw = random.Random(seed)
    return [draw.uniform(0.2, longest) for _n in range(count)]
