"""The commands of care: requests of customers, and who serves them how."""

from __future__ import annotations

from liti.care.requests import (
    answer_request,
    assign_request,
    close_request,
    escalate_requests,
    open_request,
    rate_request,
    reopen_request,
)

__all__ = [
    "answer_request", "assign_request", "close_request", "escalate_requests", "open_request",
    "rate_request", "reopen_request",
]  # fmt: skip
