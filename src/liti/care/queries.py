"""The reads of care."""

from __future__ import annotations

from liti.care.request_reads import (
    RequestView,
    StandardLine,
    StepView,
    count_requests,
    request,
    request_categories,
    request_channels,
    request_days,
    request_steps,
    requests,
    requests_of,
    standard,
    standard_days,
    waiting_requests,
)

__all__ = [
    "RequestView", "StandardLine", "StepView", "count_requests", "request", "request_categories",
    "request_channels", "request_days", "request_steps", "requests", "requests_of", "standard",
    "standard_days", "waiting_requests",
]  # fmt: skip
