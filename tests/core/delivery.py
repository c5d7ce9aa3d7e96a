"""Helpers for tests of delivery: handlers that go when the test ends, time that passes."""

from __future__ import annotations

from contextlib import contextmanager

from django.db import connection

from liti.core import events


@contextmanager
def hears(name, handle, *, types=("test.told",), batches=False, **more):
    """A handler for as long as the block lasts."""
    declare = events.subscribe_batch if batches else events.subscribe
    declare(*types, name=name, **more)(handle)
    try:
        yield handle
    finally:
        events.unsubscribe(name)


def due_now():
    """The pauses of everything that waits are over."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE core_delivery SET due_at = clock_timestamp()"
            " WHERE state = 'waiting' AND due_at IS NOT NULL"
        )
