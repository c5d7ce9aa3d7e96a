"""Emitting: the key is locked, and the commit rings the bell that wakes the delivery."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.core.delivery import hears

from liti.core import events, tasks
from liti.core.clock import now
from liti.core.models import Event, EventKey


def waiting():
    return ProcrastinateJob.objects.filter(task_name="liti.core.tasks.deliver", status="todo")


def emit(key):
    events.emit("test.told", f"test:{key}", {})


def told(n):
    events.emit("test.told", f"test:{n}", {"n": n})


@pytest.mark.usefixtures("committed")
def test_who_commits_just_after_a_bell_of_his_process_does_not_ring_again(monkeypatch):
    clock = [100.0]
    monkeypatch.setattr(tasks.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(tasks, "_rung", ("", 0.0))
    with hears("test.any", lambda event: None):
        told(1)
        with connection.cursor() as cursor:  # a worker took it meanwhile
            cursor.execute("UPDATE procrastinate_jobs SET status = 'doing'")
        clock[0] += tasks.QUIET_SECONDS / 2
        told(2)
        assert waiting().count() == 0
        clock[0] += tasks.QUIET_SECONDS
        told(3)
        assert waiting().count() == 1


@pytest.mark.django_db
def test_the_job_looks_once_more_for_those_who_did_not_ring(monkeypatch):
    done, slept = [], []

    def sleeps(seconds):
        slept.append(seconds)
        told(2)
        clock[0] += seconds

    clock = [100.0]
    monkeypatch.setattr(tasks.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(tasks.time, "sleep", sleeps)
    with hears("test.one", lambda event: done.append(event.payload["n"])):
        told(1)
        assert tasks.deliver(timestamp=0) == 2
    assert (done, slept) == ([1, 2], [tasks.LINGER_SECONDS])
    assert tasks.LINGER_SECONDS > tasks.QUIET_SECONDS


@pytest.mark.django_db
def test_a_key_in_use_is_locked_and_written_once_a_day():
    emit("a")
    EventKey.objects.update(used_at=(hour := now() - timedelta(hours=1)))
    emit("a")
    events.emit_many([events.NewEvent("test.told", f"test:{key}", {}) for key in "ab"])
    assert EventKey.objects.get(key="test:a").used_at == hour
    EventKey.objects.update(used_at=(old := now() - timedelta(hours=25)))
    emit("a")
    events.emit_many([events.NewEvent("test.told", f"test:{key}", {}) for key in "bc"])
    assert all(used_at > old for used_at in EventKey.objects.values_list("used_at", flat=True))
    assert [e.key for e in Event.objects.order_by("seq")] == [
        "test:a", "test:a", "test:a", "test:b", "test:a", "test:b", "test:c",
    ]  # fmt: skip
