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

# A delivery that is handled leaves no row; one that was given up stays as a record.
DELIVERY_STATES = StateMachine(
    "core.delivery",
    {
        "waiting": ("dead", "given_up"),
        "dead": ("waiting", "given_up"),
        "given_up": (),
    },
)
