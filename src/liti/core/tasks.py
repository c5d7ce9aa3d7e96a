"""Work of the kernel in the background: delivery, rung by each commit that wrote events and
every minute for what a lost bell or a pause left behind; what dead workers held; removal."""

from __future__ import annotations

import time

from django.db import IntegrityError, connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from liti.core.bulk import prepared_cursor
from liti.core.context import acting, job
from liti.core.delivery import deliver_pending, remove_old
from liti.core.events import on_emit

BATCH = 1000
SECONDS_MAX = 30
# Whoever commits within QUIET of a bell of his own process does not ring again: the job that it
# asked for, which began later, looks once more after LINGER.
QUIET_SECONDS, LINGER_SECONDS = 0.05, 0.125
DEAD_AFTER_SECONDS = 30  # three heartbeats of a worker

_RUNG = "SELECT 1 FROM procrastinate_jobs WHERE queueing_lock = 'core.deliver' AND status = 'todo'"
# As procrastinate's own queries and functions do it; a worker sends a heartbeat every 10 s.
_STALLED = """
SELECT j.id FROM procrastinate_jobs j LEFT JOIN procrastinate_workers w ON w.id = j.worker_id
    WHERE j.status = 'doing'
        AND (w.id IS NULL OR w.last_heartbeat < now() - make_interval(secs => %s))
    ORDER BY j.id LIMIT 500
"""
_BEGIN_AGAIN = "SELECT procrastinate_retry_job_v2(%s, now(), NULL, NULL, NULL)"
_CLOSE = "SELECT procrastinate_finish_job_v1(%s, 'failed', false)"


# No `lock`: the rows themselves are locked by whoever handles them, and a lock of the queue
# would outlive a worker that was killed.
@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.deliver", pass_context=False)
def deliver(timestamp: int) -> int:
    """Deliver what is due; after half a minute another job goes on, so that others get in."""
    delivered = 0
    began = time.monotonic()
    with acting(job("core.deliver")):
        while True:
            looked = time.monotonic()
            if batch := deliver_pending(BATCH):
                delivered += batch
            elif looked - began >= LINGER_SECONDS:
                return delivered
            else:
                time.sleep(LINGER_SECONDS)
            if time.monotonic() - began > SECONDS_MAX:
                _ask()
                return delivered


@app.periodic(cron="* * * * *")
@app.task(queueing_lock="core.free_stalled", pass_context=False)
def free_stalled(timestamp: int) -> int:
    """Jobs whose worker is dead begin again: their locks would stand in the way of all that
    follow. Where the same work waits already, the dead job is closed instead."""
    with connection.cursor() as cursor:
        cursor.execute(_STALLED, [DEAD_AFTER_SECONDS])
        stalled = [id for (id,) in cursor.fetchall()]
        for id in stalled:
            try:
                with transaction.atomic():
                    cursor.execute(_BEGIN_AGAIN, [id])
            except IntegrityError:
                cursor.execute(_CLOSE, [id])
    return len(stalled)


@app.periodic(cron="17 3 * * *")
@app.task(queueing_lock="core.remove_old_events", pass_context=False)
def remove_old_events(timestamp: int) -> int:
    """Remove delivered events that are older than the bank keeps."""
    with acting(job("core.remove_old_events")):
        return remove_old()


def ring() -> None:
    """Ask for a delivery, unless this process did so just now; one that waits already will see
    our events too."""
    global _rung
    here, at = str(connection.settings_dict["NAME"]), time.monotonic()
    if _rung[0] == here and at - _rung[1] < QUIET_SECONDS:
        return
    _ask()
    if not connection.in_atomic_block:  # else it may be undone
        _rung = (here, at)


def _ask() -> None:
    with prepared_cursor() as cursor:
        cursor.execute(_RUNG)
        if cursor.fetchone():
            return
    try:
        with transaction.atomic():
            # by configure(), as the types of a periodic task leave out its own argument
            deliver.configure().defer(timestamp=0)
    except AlreadyEnqueued:
        pass


_rung = ("", 0.0)  # the database that we rang in, and when
on_emit(ring)
