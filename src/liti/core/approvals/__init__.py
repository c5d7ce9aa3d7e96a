"""Maker-checker: what one person proposes another decides, then the room's handler runs.

    @approval_kind(
        "outreach.plan.release", title=_("Release of a contact plan"),
        propose=OPERATION, decide=roles("operation_head", "risk_officer"),
        describe=_describe, basis=_basis,
    )
    def _release(payload: Payload) -> None: ...

A room declares the kind once; its own command `propose_…` calls `propose(kind, payload, key=…)`.
"""

from liti.core.approvals.deciding import decide, propose, withdraw
from liti.core.approvals.kinds import (
    ApprovalKind,
    Change,
    Line,
    Link,
    Payload,
    approval_kind,
    kinds,
)
from liti.core.approvals.reading import (
    ApprovalView,
    AttemptView,
    approval,
    approvals,
    attempts,
    count,
    is_own,
    is_stale,
    may_decide,
    pending,
    to_decide,
)

__all__ = [
    "ApprovalKind", "ApprovalView", "AttemptView", "Change", "Line", "Link", "Payload",
    "approval", "approval_kind", "approvals", "attempts", "count", "decide", "is_own", "is_stale",
    "kinds", "may_decide", "pending", "propose", "to_decide", "withdraw",
]  # fmt: skip
