"""What goes wrong before there is a database, and so before there is Django."""

from __future__ import annotations


class PostgresError(RuntimeError):
    """The server can't be used; the message says what stands in the way and what to do."""
