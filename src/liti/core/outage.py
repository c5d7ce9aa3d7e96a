"""Whether an error says that the database is away, and not that a statement was wrong."""

from __future__ import annotations

import psycopg
from django.db import InterfaceError, OperationalError

# Connection exceptions; shut down by an administrator or a crash, starting up, no slot left,
# read-only after a fail-over (PostgreSQL, Appendix A).
CLASSES = ("08",)
STATES = {"57P01", "57P02", "57P03", "53300", "25006"}
RETRY_AFTER_S = 5


def is_outage(error: BaseException | None) -> bool:
    """Of Django's or the driver's errors, those that another try in a while may not meet.

    A lock, a statement or a deadlock that was broken off has a state of its own and is none.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return error.__cause__ is None or is_outage(error.__cause__)
    if isinstance(error, psycopg.InterfaceError):
        return True
    if isinstance(error, psycopg.OperationalError):  # without a state: the pool, the socket
        state = error.sqlstate
        return state is None or state.startswith(CLASSES) or state in STATES
    return False
