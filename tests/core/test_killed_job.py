"""A worker of the job queue is killed -9 in a delivery: another delivers within a minute."""

from __future__ import annotations

import multiprocessing
import os
import signal
import time

import pytest
from django.core.management import call_command
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.core.delivery import hears

from liti.core import events
from liti.core.models import Delivery

FORK = multiprocessing.get_context("fork")
PATIENCE_SECONDS = 240  # far more than a minute: what it took is recorded, not asserted


def begin_worker():
    """`liti manage procrastinate worker`, with the handlers that this process declared."""
    connection.close()
    process = FORK.Process(target=call_command, args=("procrastinate", "worker"), daemon=True)
    process.start()
    return process


def until(true):
    end = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.usefixtures("committed")
def test_what_a_killed_worker_was_delivering_is_delivered_by_another(record_property):
    # A plain value: an Event waits for its waiters, and ours is killed.
    started, may_end = FORK.Event(), FORK.RawValue("b", 0)

    def handle(event):
        started.set()
        until(lambda: may_end.value)

    with hears("test.slow", handle):
        events.emit("test.told", "test:1", {})
        workers = [begin_worker()]
        try:
            assert started.wait(PATIENCE_SECONDS)
            os.kill(workers[0].pid, signal.SIGKILL)
            workers[0].join(10)
            killed = time.monotonic()
            delivering = ProcrastinateJob.objects.filter(task_name="liti.core.tasks.deliver")
            assert delivering.filter(status="doing").count() == 1
            assert Delivery.objects.count() == 1
            may_end.value = 1
            workers.append(begin_worker())
            until(lambda: not Delivery.objects.exists())
            record_property("seconds_to_delivery", time.monotonic() - killed)
            until(lambda: not delivering.filter(status="doing").exists())
            record_property("seconds_to_job_closed", time.monotonic() - killed)
        finally:
            for worker in workers:
                worker.kill()
                worker.join(10)
