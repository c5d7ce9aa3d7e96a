"""Words for the codes of service: requests, their channels and how far they are escalated."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

SERVICE_LABELS: dict[str, tuple[Promise, str]] = {
    "request.received": (pgettext_lazy("request", "Received"), "warn"),
    "request.assigned": (pgettext_lazy("request", "In work"), "info"),
    "request.answered": (pgettext_lazy("request", "Answered"), "good"),
    "request.closed": (pgettext_lazy("request", "Closed"), ""),
    "request.mobile": (pgettext_lazy("request", "App"), ""),
    "request.phone": (pgettext_lazy("request", "By phone"), ""),
    "level.0": (pgettext_lazy("level", "In time"), ""),
    "level.1": (pgettext_lazy("level", "Deadline near"), "warn"),
    "level.2": (pgettext_lazy("level", "Deadline broken"), "bad"),
    "level.3": (pgettext_lazy("level", "Before the risk officer"), "bad"),
    "escalation.warned": (pgettext_lazy("level", "Deadline near"), "warn"),
    "escalation.broken": (pgettext_lazy("level", "Deadline broken"), "bad"),
    "escalation.risk": (pgettext_lazy("level", "Before the risk officer"), "bad"),
}
