"""The release of a plan as a proposal: what it would do, and how it is carried out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.approvals import Change, Line, Link, Payload, approval_kind
from liti.core.channels import Channel
from liti.core.clock import now
from liti.core.errors import NotFound
from liti.core.events import emit
from liti.core.roles import OPERATION, roles
from liti.outreach import planning
from liti.outreach.models import Contact, Plan, PlanItem
from liti.outreach.rules import PLAN_STATES
from liti.parties import queries as parties

RELEASE = "outreach.plan.release"
RELEASED = "outreach.plan.released"


def locked_plan(plan_id: UUID) -> Plan:
    """The plan, held until the end of the transaction. Raises NotFound."""
    plan = Plan.objects.select_for_update().filter(id=plan_id).first()
    if plan is None:
        raise NotFound("outreach.unknown_plan", _("There is no plan %(id)s.") % {"id": plan_id})
    return plan


def _describe(payload: Payload) -> Change:
    plan = _plan(payload)
    counts = plan.items.values_list("channel").annotate(n=Count("id")).order_by("channel")
    nothing, words = _("no contact"), dict(Channel.choices)
    lines = [
        Line(str(words[channel]), nothing, _("%(count)s customers") % {"count": f"{n:,}"})
        for channel, n in counts
    ]
    return Change(
        summary=_("Contact plan of %(day)s: %(count)s customers")
        % {"day": plan.on, "count": f"{plan.planned:,}"},
        lines=tuple(lines),
        reach=_("%(planned)s of %(people)s customers, each at most once on %(day)s.")
        % {"planned": f"{plan.planned:,}", "people": f"{plan.people:,}", "day": plan.on},
        links=(Link(_("The plan"), "plan"),),
    )


def _basis(payload: Payload) -> Any:
    plan = _plan(payload)
    return {"status": plan.status, "planned": plan.planned, "people": plan.people}


def _plan(payload: Payload) -> Plan:
    plan = Plan.objects.filter(id=payload["plan_id"]).first()
    if plan is None:
        raise NotFound(
            "outreach.unknown_plan", _("There is no plan %(id)s.") % {"id": payload["plan_id"]}
        )
    return plan


def _close(payload: Payload, state: str) -> None:
    """A rejected plan is done with; one withdrawn or out of date is a draft again."""
    plan = locked_plan(UUID(payload["plan_id"]))
    target = "superseded" if state == "rejected" else "drafted"
    if plan.status != Plan.Status.PROPOSED and state != "rejected":
        return
    PLAN_STATES.require(plan.status, target)
    Plan.objects.filter(id=plan.id).update(status=target)


@approval_kind(
    RELEASE,
    title=gettext_lazy("Release of a contact plan"),
    propose=OPERATION,
    decide=roles("operation_head", "risk_officer"),
    jobs=("outreach", "demo", "day"),
    describe=_describe,
    basis=_basis,
    close=_close,
)
def _release(payload: Payload) -> None:
    """Claim each person's slot of the day; whom the policy refuses by now drops out."""
    plan = locked_plan(UUID(payload["plan_id"]))
    PLAN_STATES.require(plan.status, "released")
    Plan.objects.filter(id=plan.id).update(status=Plan.Status.RELEASED)
    people = PlanItem.objects.filter(plan=plan, status="planned")
    parties.hold_alone(set(people.values_list("party_id", flat=True)))
    for reason, refused in planning.refused_items(plan).items():
        _expire(refused, reason)
    claimed = _claim_slots(plan)
    late = PlanItem.objects.filter(plan=plan, status="planned").exclude(id__in=claimed)
    _expire(list(late.values_list("id", flat=True)), "cap_day")
    emit(RELEASED, str(plan.id), {"on": plan.on.isoformat(), "contacts": len(claimed)})


_CLAIM = """
INSERT INTO outreach_contact (id, party_id, "on", product_code, channel, department, staff_code,
                              plan_item_id, response, note, at)
SELECT i.id, i.party_id, %(on)s, o.product_code, i.channel, i.department, i.staff_code, i.id,
       '', '', %(at)s
FROM outreach_planitem i JOIN outreach_offer o ON o.id = i.offer_id
WHERE i.plan_id = %(plan)s AND i.status = 'planned'
ORDER BY i.party_id
ON CONFLICT (party_id, "on") DO NOTHING RETURNING plan_item_id
"""


def _claim_slots(plan: Plan) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(_CLAIM, {"on": plan.on, "plan": plan.id, "at": now()})
        return [row[0] for row in cursor.fetchall()]


def drop(ids: list[UUID], note: str) -> None:
    """Let claimed contacts go that were not made: the items expire, their slots are free."""
    _expire(ids, note)
    Contact.objects.filter(plan_item_id__in=ids, response="").delete()


def _expire(ids: list[UUID], note: str) -> None:
    rows = PlanItem.objects.filter(id__in=ids, status="planned")
    rows.update(status=PlanItem.Status.EXPIRED, note=note)
