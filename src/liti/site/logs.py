"""What the log says: a refusal is a line; a traceback is kept for what broke."""

from __future__ import annotations

import logging

BROKE = 500


class RefusalsInALine(logging.Filter):
    """Takes the traceback from answers below 500 (Django logs one with each 403 and 400)."""

    def filter(self, record: logging.LogRecord) -> bool:
        status = getattr(record, "status_code", None)
        if isinstance(status, int) and status < BROKE:
            record.exc_info = record.exc_text = None
        return True
