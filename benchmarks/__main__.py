"""`make bench`: the ledger beside pgbench -N on the same server, in one run.

Everything is measured three times, in turn, and the median counts: what disturbs the machine
disturbs all of it. About 90 seconds; `--quick` takes about 30 and says less. The table on stdout is
Markdown, fit for docs/ledger-performance.md; progress goes to stderr.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liti.site.settings")
django.setup()

from benchmarks import (  # noqa: E402  Django is set up just now
    database,
    events,
    matching,
    pgbench,
    posting,
    rooms,
    turnover,
)
from liti.core.context import acting, job  # noqa: E402
from liti.ledger.verify import verify  # noqa: E402

ROUNDS = 3
CLIENTS = (1, 16)


def main() -> int:
    """Measure, print the table, check the books that were made."""
    options = argparse.ArgumentParser(prog="make bench", description=__doc__.splitlines()[0])
    options.add_argument("--quick", action="store_true", help="a third of the time, more noise")
    options.add_argument(
        "what",
        nargs="?",
        choices=["ledger", "events", "matching", "rooms"],
        default="ledger",
        help="what is measured",
    )
    asked = options.parse_args()
    quick = asked.quick
    if asked.what == "events":
        return _events(quick)
    if asked.what == "matching":
        print(matching.table(matching.measure(matching.RECORDS[: 1 if quick else None])))
        return 0
    if asked.what == "rooms":
        return _rooms(quick)
    with database.own_database() as environment, acting(job("demo.bench")):
        books, dice = posting.open_books(), random.Random(20260105)
        figures = _measure(environment, books, dice, quick)
        facts = database.server_facts()
        _print_table(figures, facts, quick)
        _past_day(books, dice, quick)
        made = verify()
    print(f"\n{made.transfers:,} transfers recomputed, {len(made.findings)} differences.")
    for finding in made.findings:
        print(f"THE BOOKS DO NOT AGREE: {finding}")
    return int(bool(made.findings))


def _past_day(books: posting.Books, dice: random.Random, quick: bool) -> None:
    """The trial balance of a past day, the old way and the new."""
    asked = turnover.TRANSFERS // 10 if quick else turnover.TRANSFERS
    transfers, folded = turnover.prepare(books, asked, dice)
    name = "trial balance of a past day"
    tasks = {
        f"{name}, all transfers summed": turnover.by_transfers,
        f"{name}, from the kept turnover": turnover.by_turnover,
    }
    found = _in_turn(tasks)
    old = found[f"{name}, all transfers summed"]
    print(f"\n| {transfers:,} transfers, folded in {folded:.1f} s | ms | × |")
    print("| --- | ---: | ---: |")
    for task, rate in found.items():
        print(f"| {task} | {1000 / rate:,.1f} | {rate / old:,.0f} |")


def _events(quick: bool) -> int:
    """Measure events and their delivery, print the table."""
    with database.own_database() as environment, acting(job("demo.bench")):
        events.prepare()
        tasks = _yardsticks(environment, quick)
        count = 4_000 if quick else 16_000
        for batches in (False, True):
            how = "in sets of 500, handled in batches" if batches else "one by one"
            tasks[f"events emitted {how}, two handlers"] = partial(
                events.measure, count, batches=batches
            )
        _print_table(_in_turn(tasks), database.server_facts(), quick)
    return 0


def _rooms(quick: bool) -> int:
    """Measure orders beside pgbench, and batches of members; compare two checkouts by ratio."""
    with database.own_database(whole=True) as environment:
        buyers = rooms.prepare()
        tasks = _yardsticks(environment, quick)
        tasks["orders, 1 client"] = partial(rooms.orders, buyers, 1 if quick else 5)
        _print_table(_in_turn(tasks), database.server_facts(), quick)
        print(f"\n| batch of {rooms.MEMBERS:,} members | s | statements | locks |")
        print("| --- | ---: | ---: | ---: |")
        for turn in range(1, ROUNDS):
            seconds, statements, locks = rooms.members(turn)
            print(f"| {turn} | {seconds:.1f} | {statements:,} | {locks:,} |")
    return 0


def _yardsticks(environment: dict[str, str], quick: bool) -> dict[str, Callable[[], float]]:
    tasks: dict[str, Callable[[], float]] = {}
    if yardstick := pgbench.program():
        pgbench.prepare(yardstick, environment, scale=1 if quick else 10)
        for clients in CLIENTS:
            tasks[f"pgbench -N, {clients} client{'s' * (clients > 1)}"] = partial(
                pgbench.measure, yardstick, environment, clients=clients, seconds=1 if quick else 3
            )
    return tasks


def _measure(
    environment: dict[str, str], books: posting.Books, dice: random.Random, quick: bool
) -> dict[str, float]:
    """What is measured → median of its rounds, in transfers or transactions a second."""
    tasks = _yardsticks(environment, quick)
    for hot in (False, True):
        for batch in posting.BATCHES:
            where = "one hot account" if hot else f"{posting.ACCOUNTS:,} accounts"
            tasks[f"post, batches of {batch:,}, {where}"] = partial(
                posting.measure, books, batch, hot=hot, seconds=0.6 if quick else 2.0, dice=dice
            )
    tasks["post, batches of 1,000, a tenth refused"] = partial(
        posting.measure,
        books,
        1_000,
        refused_share=0.1,
        seconds=0.6 if quick else 2.0,
        dice=dice,
    )
    return _in_turn(tasks)


def _in_turn(tasks: dict[str, Callable[[], float]]) -> dict[str, float]:
    """All in turn, three times: the median of each."""
    rounds: dict[str, list[float]] = {name: [] for name in tasks}
    for turn in range(1, ROUNDS + 1):
        for name, task in tasks.items():
            rounds[name].append(task())
            print(f"round {turn}: {name}: {rounds[name][-1]:,.1f}/s", file=sys.stderr)
    return {name: median(values) for name, values in rounds.items()}


def _print_table(figures: dict[str, float], facts: dict[str, str], quick: bool) -> None:
    yardsticks = [value for name, value in figures.items() if name.startswith("pgbench")]
    heads = [f"× pgbench, {clients}" for clients in CLIENTS][: len(yardsticks)]
    print(
        f"{datetime.now(UTC):%Y-%m-%d}, {_machine()}, PostgreSQL {facts['server_version']}"
        f" (fsync {facts['fsync']}, synchronous_commit {facts['synchronous_commit']}),"
        f" Python {platform.python_version()}; median of {ROUNDS}{', quick' * quick}\n"
    )
    print("| " + " | ".join(["what", "a second", *heads]) + " |")
    print("| --- |" + " ---: |" * (1 + len(heads)))
    for name, value in figures.items():
        ratios = [f"{value / yardstick:,.2f}" for yardstick in yardsticks]
        print("| " + " | ".join([name, f"{value:,.0f}", *ratios]) + " |")


def _machine() -> str:
    cpu = Path("/proc/cpuinfo")
    lines = cpu.read_text("utf-8").splitlines() if cpu.is_file() else []
    model = next((li.split(":")[1].strip() for li in lines if li.startswith("model name")), "")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores {model or platform.machine()}, {memory:.0f} GB"


if __name__ == "__main__":
    sys.exit(main())
