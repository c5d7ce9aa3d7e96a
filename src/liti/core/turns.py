"""One at a time by a name, also over work that is no single transaction."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.db.utils import OperationalError
from django.utils.translation import gettext as _

from liti.core.errors import Unavailable

WAIT_MAX = "10s"


@contextmanager
def one_at_a_time(name: str) -> Iterator[None]:
    """Hold the name until the block ends; whoever comes second waits for his turn.

    A lock of the session, so that what is held may go over the network between transactions;
    it ends with the connection too. Raises Unavailable after WAIT_MAX.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('lock_timeout')")
        [before] = cursor.fetchone()
        cursor.execute("SELECT set_config('lock_timeout', %s, false)", [WAIT_MAX])
        try:
            cursor.execute("SELECT pg_advisory_lock(hashtextextended(%s, 0))", [name])
        except OperationalError as error:
            raise Unavailable(
                "core.busy",
                _("The same thing is being done at this moment."),
                remedy=_("See in a moment what became of it, before you do it again."),
            ) from error
        finally:
            if not connection.needs_rollback:
                cursor.execute("SELECT set_config('lock_timeout', %s, false)", [before])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(hashtextextended(%s, 0))", [name])
