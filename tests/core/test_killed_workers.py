"""Workers are killed -9 under load: every handler gets every event, in order per key, once."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time

import pytest
from django.db import connection
from tests.core.delivery import hears

from liti.core import delivery, events
from liti.core.models import Delivery

FORK = multiprocessing.get_context("fork")
KEYS = 40
NAMES = ("test.left", "test.right")
BROKEN = "test.never"
PATIENCE_SECONDS = 120


def hear(name):
    def handle(event):
        if name == BROKEN and event.key == "test:0":
            raise RuntimeError("always")
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO test_heard (handler, key, n) VALUES (%s, %s, %s)",
                [name, event.key, event.payload["n"]],
            )

    return handle


def work():
    while True:
        if not delivery.deliver_pending(200):
            time.sleep(0.02)


def emit(first, count):
    for n in range(first, first + count):
        events.emit("test.told", f"test:{n % KEYS}", {"n": n})


def begin(target, *args):
    connection.close()
    process = FORK.Process(target=target, args=args, daemon=True)
    process.start()
    return process


def handled(names):
    return not Delivery.objects.filter(handler__in=names).exists()


def kill_under_load(times, each):
    """Two workers and one who emits; at a random moment one worker dies, another takes over."""
    dice = random.Random(20261125)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE test_heard (place bigserial, handler text, key text, n int)")
    workers = [begin(work) for _ in range(2)]
    died_holding = 0
    try:
        for round in range(times):
            emitter = begin(emit, round * each, each)
            time.sleep(dice.uniform(0.05, 0.8))
            victim = workers.pop(0)
            os.kill(victim.pid, signal.SIGKILL)
            victim.join(10)
            died_holding += not handled(NAMES)
            workers.append(begin(work))
            emitter.join(60)
            assert emitter.exitcode == 0
        until = time.monotonic() + PATIENCE_SECONDS
        while not handled(NAMES) and time.monotonic() < until:
            time.sleep(0.1)
    finally:
        for worker in workers:
            worker.kill()
            worker.join(10)
    return died_holding


def heard(name):
    """What the handler did, by key in the order in which it did it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT key, array_agg(n ORDER BY place) FROM test_heard WHERE handler = %s"
            " GROUP BY key", [name],
        )  # fmt: skip
        return dict(cursor.fetchall())


def check(times, each):
    with (
        hears(NAMES[0], hear(NAMES[0])),
        hears(NAMES[1], hear(NAMES[1]), at_once=7),
        hears(BROKEN, hear(BROKEN)),
    ):
        died_holding = kill_under_load(times, each)
    every = {f"test:{k}": list(range(k, times * each, KEYS)) for k in range(KEYS)}
    for name in NAMES:
        assert heard(name) == every
    assert heard(BROKEN) == {key: ns for key, ns in every.items() if key != "test:0"}
    stuck = Delivery.objects.filter(handler=BROKEN)
    assert set(stuck.values_list("key", flat=True)) == {"test:0"}
    assert stuck.count() == len(every["test:0"])
    return died_holding


@pytest.mark.usefixtures("committed")
def test_three_killed_workers_lose_nothing_and_do_nothing_twice():
    check(times=3, each=120)


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_twenty_killed_workers_lose_nothing_and_do_nothing_twice():
    assert check(times=20, each=600) >= 10  # else nothing was shown
