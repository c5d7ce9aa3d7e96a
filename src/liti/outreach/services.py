"""Commands of outreach: plan a day, release it, contact, record responses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core import approvals
from liti.core.authority import command
from liti.core.channels import CHANNELS, MESSAGES
from liti.core.clock import BANK_ZONE, business_date, now
from liti.core.errors import Conflict, InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import DESK, OPERATION, SERVICE
from liti.market import queries as products
from liti.market import services as market
from liti.market.queries import PreparedView
from liti.outreach import planning
from liti.outreach.models import Contact, Plan, PlanItem, Reason
from liti.outreach.policy import policy_on, refusal
from liti.outreach.proposals import propose_offer as propose_offer
from liti.outreach.proposals import propose_offer_end as propose_offer_end
from liti.outreach.release import RELEASE, drop, locked_plan
from liti.outreach.rules import ITEM_STATES, PLAN_STATES, is_quiet
from liti.parties import queries as parties

PLANNED = "outreach.plan.drafted"
RESPONDED = "outreach.contact.responded"
RESPONSES = frozenset(Contact.Response.values)


@dataclass(frozen=True, slots=True)
class PlanReport:
    """A day's plan in numbers. `candidates`: customer × offer × channel; `blocked` by reason."""

    plan_id: UUID
    on: date
    status: str
    people: int
    candidates: int
    planned: int
    blocked: dict[str, int]


@command(staff=OPERATION, system=("outreach", "demo", "day"))
@transaction.atomic
def plan_day(on: date) -> PlanReport:
    """The bank's one plan for a day; computed again while it is a draft.

    Deterministic: the same customers, offers and contacts give the same plan, row by row.
    A plan that waits for release, or is released, stays as it is and is answered.
    """
    planning.lock_planning()
    plan = Plan.objects.filter(on=on).exclude(status=Plan.Status.SUPERSEDED).first()
    if plan is None:
        plan = Plan.objects.create(on=on)
    if plan.status == Plan.Status.DRAFTED:
        plan.items.all().delete()
        plan.blocked.all().delete()
        counts = planning.compute(plan)
        plan.people, plan.candidates = counts.people, counts.candidates
        plan.planned = counts.planned
        plan.save()
        emit(PLANNED, str(plan.id), {"on": on.isoformat(), "planned": plan.planned})
    return _report(plan)


@command(staff=OPERATION)
@transaction.atomic
def propose_release(plan_id: UUID) -> UUID:
    """Put a drafted plan before a second person; returns the approval's id."""
    plan = locked_plan(plan_id)
    if plan.status != Plan.Status.PROPOSED:
        PLAN_STATES.require(plan.status, "proposed")
        Plan.objects.filter(id=plan_id).update(status=Plan.Status.PROPOSED)
    payload = {"plan_id": str(plan_id), "on": plan.on.isoformat()}
    return approvals.propose(RELEASE, payload, key=str(plan_id))


@command(staff=OPERATION, system=("outreach", "day"))
@transaction.atomic
def send_due(on: date | None = None, *, at: datetime | None = None) -> int:
    """Hand text and push messages of the released plan to their channel; returns how many.

    Nothing goes out in quiet hours (bank time) or for another day than the plan's. The policy
    is asked once more before anything goes: who withdrew his consent, bought, or was reached
    otherwise since the release is left in peace, and his slot of the day is free again; calls
    too, which wait for their person. The channels themselves are simulated here: sending is
    recorded.
    """
    day, moment = on or business_date(), (at or now()).astimezone(BANK_ZONE).time()
    policy = policy_on(day)
    if is_quiet(moment, policy.quiet_from, policy.quiet_to):
        return 0
    plan = Plan.objects.select_for_update().filter(on=day, status="released").first()
    if plan is None:
        return 0
    due = PlanItem.objects.filter(plan=plan, status="planned")
    parties.hold_alone(set(due.values_list("party_id", flat=True)))
    for reason, refused in planning.refused_items(plan, sending=True).items():
        drop(refused, reason)
    return due.filter(channel__in=MESSAGES).update(status=PlanItem.Status.SENT)


@command(staff=OPERATION | SERVICE)
@transaction.atomic
def claim_contact(
    party_id: UUID, product_code: str, *, channel: str, department: str, staff_code: str = ""
) -> UUID:
    """Take the person's slot of today for a contact outside the plan (a walk-in, a call back).

    Atomic over all departments: the first one has the day. Raises InvalidInput (channel),
    NotFound (product) and Refused `outreach.<reason>`: whatever keeps a person out of a plan
    (held_out, under_age, no_consent, holds_product, unsuitable, cap_day, product_window, …).
    """
    if channel not in CHANNELS:
        raise InvalidInput(
            "outreach.unknown_channel", _("“%(channel)s” is no channel.") % {"channel": channel}
        )
    on = business_date()
    # One decision a person at a time, so that the caps are read and used together.
    party_id = parties.hold_alone([party_id])[party_id]
    products.product(product_code)
    if reason := refusal(party_id, product_code, channel, on):
        raise _no(reason)
    contact_id = uuid7()
    with connection.cursor() as cursor:
        cursor.execute(
            'INSERT INTO outreach_contact (id, party_id, "on", product_code, channel, department,'
            " staff_code, response, note, at) VALUES (%s, %s, %s, %s, %s, %s, %s, '', '', %s)"
            ' ON CONFLICT (party_id, "on") DO NOTHING',
            [contact_id, party_id, on, product_code, channel, department, staff_code, now()],
        )
        if not cursor.rowcount:
            raise _no("cap_day")
    return contact_id


@command(system=("outreach",))
@transaction.atomic
def leave_in_peace(party_id: UUID) -> int:
    """Drop what is planned for somebody and refused by now, calls too; returns how many.

    Heard after a withdrawal, so that nobody has a call on his list that may not be made.
    """
    living = parties.hold_alone([party_id])[party_id]
    plans = Plan.objects.filter(
        status="released", on__gte=business_date(), items__party_id=living, items__status="planned"
    )
    dropped = 0
    for plan in plans.order_by("on"):
        refused = planning.refused_items(plan, sending=True, party_id=living)
        for reason, items in refused.items():
            drop(items, reason)
            dropped += len(items)
    return dropped


@command(staff=OPERATION | SERVICE)
@transaction.atomic
def record_response(item_id: UUID, response: str, note: str = "") -> None:
    """Write down how the customer answered a contact of the plan.

    interested, bought, refused or no_answer. A refusal rests the product for 90 days.
    Raises InvalidInput, NotFound, Conflict (plan not released, item already closed).
    """
    if response not in RESPONSES:
        raise InvalidInput(
            "outreach.unknown_response",
            _("“%(response)s” is no response.") % {"response": response},
            remedy=_("Use one of: %(known)s.") % {"known": ", ".join(sorted(RESPONSES))},
        )
    item = _locked_item(item_id)
    contact = Contact.objects.filter(plan_item_id=item_id).first()
    if contact is None:
        raise Conflict("outreach.not_released", _("The contact has not been released."))
    if item.status == PlanItem.Status.RESPONDED and contact.response == response:
        return
    ITEM_STATES.require(item.status, "responded")
    PlanItem.objects.filter(id=item_id).update(status=PlanItem.Status.RESPONDED)
    Contact.objects.filter(id=contact.id).update(
        response=response, responded_on=business_date(), note=note[:200]
    )
    payload = {"party_id": str(item.party_id), "response": response, "offer": item.offer.code}
    emit(RESPONDED, str(item_id), payload)


@command(staff=DESK)
@transaction.atomic
def accept_offer(
    item_id: UUID, account_id: UUID, amount_minor: int, *, channel: str, key: str
) -> PreparedView:
    """The customer says yes: prepare the order, with everyone who helped; it waits in his app.

    The offer's department referred, who contacts sells, the service lead owns. His
    confirmation places it and answers the contact. Raises what market.prepare_order raises.
    """
    item = _locked_item(item_id)
    return market.prepare_order(
        item.party_id,
        item.offer.product_code,
        account_id,
        amount_minor,
        channel=channel,
        key=key,
        offer_id=item.offer_id,
        introduced_by=_contributions(item),
    )


@command(system=("outreach",))
def close_by_order(party_id: UUID, product_code: str) -> None:
    """A sale by whatever way answers the open contacts for the product. Idempotent."""
    open_items = PlanItem.objects.filter(
        party_id__in=parties.every_id(party_id),
        offer__product_code=product_code,
        status__in=["planned", "sent"],
        plan__status="released",
    )
    for item_id in list(open_items.values_list("id", flat=True)):
        record_response(item_id, Contact.Response.BOUGHT)


def _contributions(item: PlanItem) -> list[market.Contribution]:
    found = [
        market.Contribution("referral", item.offer.department),
        market.Contribution("seller", item.department, item.staff_code),
    ]
    lead = parties.service_leads([item.party_id]).get(item.party_id)
    if lead:
        found.append(market.Contribution("owner", lead[1], lead[0]))
    return found


def _no(reason: str) -> Refused:
    return Refused(
        f"outreach.{reason}",
        _("This customer may not be contacted now: %(reason)s.") % {"reason": Reason(reason).label},
        remedy=_("See the customer's contacts; a service contact needs no slot."),
        reason=reason,
    )


def _locked_item(item_id: UUID) -> PlanItem:
    rows = PlanItem.objects.select_for_update(of=("self",)).select_related("offer")
    item = rows.filter(id=item_id).first()
    if item is None:
        raise NotFound(
            "outreach.unknown_item", _("There is no planned contact %(id)s.") % {"id": item_id}
        )
    return item


def _report(plan: Plan) -> PlanReport:
    blocked: dict[str, int] = {}
    for reason, count in plan.blocked.values_list("reason", "candidates"):
        blocked[reason] = blocked.get(reason, 0) + count
    return PlanReport(
        plan_id=plan.id,
        on=plan.on,
        status=str(plan.status),
        people=plan.people,
        candidates=plan.candidates,
        planned=plan.planned,
        blocked=dict(sorted(blocked.items())),
    )
