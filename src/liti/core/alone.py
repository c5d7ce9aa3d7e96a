"""One of a kind at a time in a folder: the second is told who works there since when, and waits."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.utils.translation import gettext as _

from liti.core.errors import Conflict
from liti.postgres.ownership import closed

WAIT_SECONDS_MAX = 2 * 3600.0  # longer than the largest demonstration takes
SAY_EVERY_SECONDS = 60.0
PAUSE_SECONDS = 0.2


@contextmanager
def alone(
    what: str,
    folder: Path,
    say: Callable[[str], None],
    *,
    wait_seconds: float = WAIT_SECONDS_MAX,
) -> Iterator[None]:
    """Hold `folder/<what>.lock`, which the kernel lets go of when its holder ends, however.

    Raises Conflict `site.busy` when another one has not ended within `wait_seconds`.
    """
    place = folder / f"{what}.lock"
    began, said = time.monotonic(), -SAY_EVERY_SECONDS
    try:
        file = open(place, "a+", encoding="utf-8", errors="replace")  # noqa: SIM115  with, below
    except OSError as error:
        raise closed(place, error) from error
    with file:
        while not _taken(file.fileno()):
            file.seek(0)
            holder = file.read(100).strip() or "somebody"
            waited = time.monotonic() - began
            if waited >= wait_seconds:
                raise Conflict(
                    "site.busy",
                    _("Another `liti %(what)s` works in %(folder)s: %(holder)s.")
                    % {"what": what, "folder": folder, "holder": holder},
                    remedy=_("Wait until it has ended, or end that process."),
                )
            if waited - said >= SAY_EVERY_SECONDS:
                say(f"Another `liti {what}` works in {folder}: {holder}; waiting for its end …")
                said = waited
            time.sleep(PAUSE_SECONDS)
        file.truncate(0)
        file.write(f"process {os.getpid()} since {datetime.now().astimezone():%Y-%m-%d %H:%M:%S}\n")
        file.flush()
        yield


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
