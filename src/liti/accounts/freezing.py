"""Who froze an account and why, and who may let it be used again.

What risk froze, risk lifts. What the desk stopped on the customer's own word (a lost phone, a
card out of hand), the desk lifts with the customer.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from liti.accounts.models import ElectronicAccount, Freeze
from liti.core.authority import BATCHES, query
from liti.core.clock import now
from liti.core.context import Actor, current_actor
from liti.core.errors import InvalidInput, Refused
from liti.core.roles import LEDGER, SERVICE, roles

LIFTERS = roles("risk_officer", "operation_head")


@dataclass(frozen=True, slots=True)
class FreezeView:
    """A freeze that stands: `kind` risk or customer (his own emergency stop), by whom, why."""

    kind: str
    by: str
    role: str
    reason: str
    at: datetime


@query(staff=SERVICE | LEDGER, system=BATCHES)
def freezes_of(account_id: UUID) -> list[FreezeView]:
    """The freezes that stand on an account, the oldest first."""
    rows = Freeze.objects.filter(account_id=account_id, lifted_at=None).order_by("at")
    return [FreezeView(r.kind, r.by, r.role, r.reason, r.at) for r in rows]


def may_add(account: ElectronicAccount) -> bool:
    """Whether risk may put its own freeze on what a customer's stop has frozen already."""
    stands = Freeze.objects.filter(account=account, lifted_at=None, kind=Freeze.Kind.RISK)
    return account.status == "frozen" and _is_risk(current_actor()) and not stands.exists()


def write(account: ElectronicAccount, reason: str) -> None:
    """Keep who freezes, in which role, and why. Raises InvalidInput without a reason."""
    actor = current_actor()
    Freeze.objects.create(
        account=account,
        kind=Freeze.Kind.RISK if _is_risk(actor) else Freeze.Kind.CUSTOMER,
        by=actor.doer[:150],
        role=", ".join(sorted(actor.roles))[:100],
        reason=_given(actor, reason),
        at=now(),
    )


def lift(account: ElectronicAccount, reason: str) -> None:
    """Lift what stands. Raises Refused where risk froze it and the actor is not risk; a freeze
    of which nobody knows who made it counts as risk's."""
    actor = current_actor()
    standing = Freeze.objects.filter(account=account, lifted_at=None)
    kinds = set(standing.values_list("kind", flat=True)) or {Freeze.Kind.RISK.value}
    if Freeze.Kind.RISK.value in kinds and not _is_risk(actor):
        raise Refused(
            "accounts.risk_freeze",
            _("Account %(number)s was frozen by risk.") % {"number": account.number},
            remedy=_("Ask the risk officer or the head of operation to lift it."),
        )
    standing.update(
        lifted_at=now(), lifted_by=actor.doer[:150], lifted_reason=_given(actor, reason)
    )


def _is_risk(actor: Actor) -> bool:
    return actor.kind == "system" or bool(actor.roles & LIFTERS)


def _given(actor: Actor, reason: str) -> str:
    if actor.kind == "staff" and not reason.strip():
        raise InvalidInput("accounts.freeze_reason", _("Say why."), field="reason")
    return reason.strip()[:300]
