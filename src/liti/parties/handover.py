"""Handing over: everybody whom one manager serves goes to another, or to the central team."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.core.authority import command
from liti.core.bulk import copy_rows
from liti.core.clock import business_date
from liti.core.errors import InvalidInput, NotFound
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import roles
from liti.parties import events, teams
from liti.parties.models import HandOver, ServiceAssignment


@dataclass(frozen=True, slots=True)
class HandOverReport:
    """How many customers got another lead, and how many other tasks went with them."""

    led: int
    other: int


@command(staff=roles("operation_head"))
@transaction.atomic
def hand_over(
    from_staff: str, to_staff: str = "", department: str = "", reason: str = ""
) -> HandOverReport:
    """Hand all customers of a manager over from today on; without `to_staff` to the pool.

    Whom he leads, the successor leads (or the central team does); his other tasks go to the
    successor unless he has them already, and end where there is none. A department's file
    that was delivered before does not bring him back. Raises InvalidInput (the same person,
    a department missing), NotFound where he serves nobody.
    """
    if from_staff == to_staff:
        raise InvalidInput(
            "parties.service.same_staff",
            _("A hand-over needs two people."),
            remedy=_("Choose another successor, or the central team."),
            field="to_staff",
        )
    if to_staff and not department:
        raise InvalidInput(
            "parties.service.department",
            _("Say which department the successor works in."),
            field="department",
        )
    today = business_date()
    rows = ServiceAssignment.objects.select_for_update().filter(
        staff_code=from_staff, valid_to=None
    )
    held = list(rows.order_by("id").values_list("id", "party_id", "role"))
    if not held:
        raise NotFound(
            "parties.service.serves_nobody",
            _("%(staff)s serves nobody now.") % {"staff": from_staff},
            field="from_staff",
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE parties_serviceassignment SET valid_to = greatest(%s, valid_from)"
            " WHERE id = ANY(%s)",
            [today, [id for id, _party, _role in held]],
        )
    led = {party: "lead_rm" for _id, party, role in held if role == "lead_rm"}
    other = [(party, role) for _id, party, role in held if role != "lead_rm"] if to_staff else []
    wanted = [*((p, r if to_staff else "central_pool") for p, r in led.items()), *other]
    has = set(
        ServiceAssignment.objects.filter(
            staff_code=to_staff, department=department, valid_to=None
        ).values_list("party_id", "role")
    ) if to_staff else set()  # fmt: skip
    made = [pair for pair in wanted if pair not in has]
    where = department if to_staff else teams.POOL_DEPARTMENT
    copy_rows(
        "parties_serviceassignment",
        ["id", "party_id", "role", "staff_code", "department", "origin", "valid_from"],
        [(uuid7(), party, role, to_staff, where, "command", today) for party, role in made],
    )
    HandOver.objects.create(
        from_staff=from_staff, to_staff=to_staff, department=where, reason=reason[:200], on=today,
        customers=len({party for _id, party, _role in held}),
    )  # fmt: skip
    emit(
        events.HANDED_OVER,
        f"staff:{from_staff}",
        {"from": from_staff, "to": to_staff, "led": len(led), "department": where},
    )
    return HandOverReport(len(led), len(held) - len(led))
