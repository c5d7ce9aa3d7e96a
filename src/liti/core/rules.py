"""State machines of the shared kernel."""

from __future__ import annotations

from liti.core.states import StateMachine

APPROVAL_STATES = StateMachine(
    "core.approval",
    {
        "pending": ("approved", "rejected", "withdrawn", "replaced", "stale"),
        "approved": (),
        "rejected": (),
        "withdrawn": (),
        "replaced": (),
        "stale": (),
    },
)
