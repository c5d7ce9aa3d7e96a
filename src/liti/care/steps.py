"""What the end of a day does to requests."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.care import queries, services
from liti.core.steps import Chunk, day_figures, day_step


@day_step("care.requests", title=_("Requests near or past their deadline"))
def requests(on: date, cursor: str) -> Chunk:
    """What is not answered is escalated."""
    return services.escalate_requests(on, cursor)


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Requests that wait for an answer, and those whose deadline is broken."""
    waiting, broken = queries.waiting_requests()
    return {"care.requests_waiting": waiting, "care.requests_broken": broken}
