"""Events reach their subscribers without anybody asking: the commit rings, the worker delivers."""

from __future__ import annotations

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from liti.core import events, tasks
from liti.core.models import Event

pytestmark = pytest.mark.django_db


def waiting() -> int:
    return ProcrastinateJob.objects.filter(
        task_name="liti.core.tasks.deliver", status="todo"
    ).count()


def test_a_commit_rings_once_for_all_that_waits(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        events.emit("test.thing.happened", "a", {})
        events.emit("test.thing.happened", "b", {})

    assert waiting() == 1


def test_the_job_delivers_what_waits():
    events.emit("test.thing.happened", "a", {})

    tasks.deliver(timestamp=0)

    assert not Event.objects.filter(delivered_at=None).exists()
