"""Requests and complaints: one standard for the whole bank, whichever way they came."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils.translation import gettext as _

from liti.care import events
from liti.care.models import Request, RequestStep
from liti.care.rules.requests import REQUEST_STATES, business_days_between, due_on, level
from liti.core import params, staff
from liti.core.authority import command, own
from liti.core.calendars import business_days
from liti.core.clock import business_date, now
from liti.core.context import current_actor
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.core.events import emit
from liti.core.roles import DESK, roles
from liti.core.steps import Chunk
from liti.parties import queries as parties

DIRECT = "direct"
TEXT_MAX = 1000
CHUNK = 500
SPAN = timedelta(days=120)  # of the calendar, more than the longest deadline
WAITING = (Request.Status.RECEIVED, Request.Status.ASSIGNED)
STANDARD = DESK | roles("data_steward", "product_manager", "risk_officer", "marketing_operator")
_LEVELS = {1: "warned", 2: "broken", 3: "risk"}


def whose(arguments: Mapping[str, Any]) -> Collection[UUID]:
    """The customer that a request is of."""
    found = Request.objects.filter(id=arguments["request_id"])
    ids = list(found.values_list("party_id", flat=True))
    return set(parties.resolve(ids).values())


@command(staff=STANDARD, customer=own("party_id"), system=("demo",))
@transaction.atomic
def open_request(party_id: UUID, category: str, text: str, *, channel: str) -> UUID:
    """Take in what a customer asks or complains of; the deadline runs from the next day.

    `channel`: branch, phone, mobile or partner. Raises InvalidInput (category, channel, no
    text), NotFound (party).
    """
    _require_known(category, channel)
    said = _text(text)
    party_id = parties.hold(party_id)
    on, actor = business_date(), current_actor()
    row = Request.objects.create(
        number=_next_number(),
        party_id=party_id,
        category=category,
        channel=channel,
        department=actor.department or DIRECT,
        text=said,
        opened_on=on,
        opened_at=now(),
        opened_by=actor.doer[:150],
        due_on=_deadline(category, on),
    )
    _write(row, RequestStep.Kind.OPENED, said, public=True)
    payload = {"party_id": str(party_id), "category": category, "channel": channel}
    emit(events.REQUEST_OPENED, str(row.id), payload)
    return row.id


@command(staff=DESK)
@transaction.atomic
def assign_request(request_id: UUID, to: str) -> None:
    """Give a request to somebody, by his staff code or user name; again to give it on.

    Raises NotFound (request, person), Conflict where it is answered or closed.
    """
    row = _locked(request_id)
    REQUEST_STATES.require(row.status, "assigned")
    who = staff.holder_of(to)
    _move(row, "assigned", RequestStep.Kind.ASSIGNED, who, public=False, assigned_to=who)


@command(staff=STANDARD, system=("demo",))
@transaction.atomic
def answer_request(request_id: UUID, answer: str) -> None:
    """Answer the customer, who reads it in his app. Whether the deadline was kept is decided
    here, by the business date; one that was broken before stays broken.

    Raises NotFound, InvalidInput (no text), Conflict where it is answered or closed.
    """
    row = _locked(request_id)
    said = _text(answer)
    on = business_date()
    kept = row.kept is not False and on <= row.due_on
    _move(
        row, "answered", RequestStep.Kind.ANSWERED, said, public=True,
        answered_on=on, kept=kept, level=0,
    )  # fmt: skip
    emit(events.REQUEST_ANSWERED, str(row.id), {"party_id": str(row.party_id), "kept": kept})


@command(staff=STANDARD, customer=whose, system=("demo",))
@transaction.atomic
def close_request(request_id: UUID, outcome: str = "") -> None:
    """Close a request. Staff close what was answered, or say why none is needed; a customer
    takes his own back or is content with the answer. Raises NotFound, InvalidInput, Conflict.
    """
    row = _locked(request_id)
    unanswered = row.status in WAITING
    said = outcome.strip()[:TEXT_MAX]
    if unanswered and not said and current_actor().kind != "customer":
        raise InvalidInput(
            "care.request.outcome",
            _("The request was not answered: say why it is closed."),
            remedy=_("Answer it, or write the outcome."),
            field="outcome",
        )
    on = business_date()
    kept = (row.kept is not False and on <= row.due_on) if unanswered else row.kept
    _move(
        row, "closed", RequestStep.Kind.CLOSED, said, public=True, closed_on=on, kept=kept, level=0
    )


@command(staff=DESK, customer=whose)
@transaction.atomic
def reopen_request(request_id: UUID, reason: str) -> None:
    """Take a request up again: the customer is not content, or it was closed by mistake. A new
    deadline runs; the log keeps the old one.

    Raises NotFound, InvalidInput (no reason), Conflict (it is open), Refused
    `care.request.too_late` later than `care.reopen_days` after closing.
    """
    row = _locked(request_id)
    said = _text(reason)
    on = business_date()
    days = int(params.get("care.reopen_days", on=on))
    if row.closed_on and on > row.closed_on + timedelta(days=days):
        raise Refused(
            "care.request.too_late",
            _("The request was closed more than %(days)d days ago.") % {"days": days},
            remedy=_("Open a new request and name the number of this one."),
        )
    _move(
        row, "received", RequestStep.Kind.REOPENED, said, public=True, assigned_to="",
        answered_on=None, closed_on=None, satisfaction=None, reopened=row.reopened + 1,
        due_on=_deadline(row.category, on), kept=None if row.kept else row.kept,
    )  # fmt: skip


@command(staff=DESK, customer=whose)
@transaction.atomic
def rate_request(request_id: UUID, stars: int) -> None:
    """How content the customer is with the answer, 1 to 5; said again it replaces the former.

    Raises NotFound, InvalidInput (stars), Refused where nothing was answered yet.
    """
    if stars not in range(1, 6):
        raise InvalidInput(
            "care.request.stars", _("Say how content you are from 1 to 5."), field="stars"
        )
    row = _locked(request_id)
    if row.status in WAITING:
        raise Refused(
            "care.request.not_answered",
            _("The request has not been answered yet."),
            remedy=_("Wait for the answer."),
        )
    Request.objects.filter(id=row.id).update(satisfaction=stars)
    _write(row, RequestStep.Kind.RATED, str(stars), public=True)


@command(system=("care", "day"))
def escalate_requests(on: date, cursor: str = "") -> Chunk:
    """What is not answered is escalated when the day ends: near its deadline, broken, and
    before risk. Set-based by CHUNK; the same day again changes nothing."""
    rows = Request.objects.select_for_update().filter(status__in=WAITING).order_by("id")
    with transaction.atomic():
        found = list(rows.filter(id__gt=UUID(cursor))[:CHUNK] if cursor else rows[:CHUNK])
        if not found:
            return Chunk()
        rises = _rises(found, on)
        for row, new in rises:
            row.level, row.kept = new, False if new >= 2 else row.kept
            emit(
                events.REQUEST_ESCALATED,
                str(row.id),
                {"party_id": str(row.party_id), "level": new, "due_on": row.due_on.isoformat()},
            )
        Request.objects.bulk_update([row for row, _new in rises], ["level", "kept"])
        RequestStep.objects.bulk_create(
            _step(row, RequestStep.Kind.ESCALATED, _LEVELS[new], public=False, on=on)
            for row, new in rises
        )
    return Chunk(len(rises), cursor=str(found[-1].id) if len(found) == CHUNK else "")


def _rises(found: list[Request], on: date) -> list[tuple[Request, int]]:
    """Those whose level goes up at the end of the day, with the new one."""
    warn = int(params.get("care.warn_days", on=on))
    risk = int(params.get("care.risk_days", on=on))
    days = [on, *(row.due_on for row in found)]
    opens = business_days(min(days), max(days))
    levels = [
        (row, level(business_days_between(on, row.due_on, opens), warn, risk)) for row in found
    ]
    return [(row, new) for row, new in levels if new > row.level]


def _deadline(category: str, on: date) -> date:
    days = int(params.get("care.deadline_days", on=on, scope=category))
    return due_on(on, days, business_days(on, on + SPAN))


def _next_number() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval('care_request_number')")
        return int(cursor.fetchone()[0])


def _require_known(category: str, channel: str) -> None:
    if category not in Request.Category.values:
        raise InvalidInput(
            "care.request.category",
            _("There is no category “%(category)s”.") % {"category": category[:40]},
            remedy=", ".join(Request.Category.values),
            field="category",
        )
    if channel not in Request.Channel.values:
        raise InvalidInput(
            "care.request.channel",
            _("“%(channel)s” is no channel.") % {"channel": channel[:40]},
            remedy=", ".join(Request.Channel.values),
            field="channel",
        )


def _text(text: str) -> str:
    said = text.strip()
    if not said:
        raise InvalidInput("care.request.text", _("Write what it is about."), field="text")
    if len(said) > TEXT_MAX:
        raise InvalidInput(
            "care.request.too_long",
            _("At most %(count)d characters.") % {"count": TEXT_MAX},
            field="text",
        )
    return said


def _locked(request_id: UUID) -> Request:
    row = Request.objects.select_for_update().filter(id=request_id).first()
    if row is None:
        raise NotFound("care.request.unknown", _("There is no such request."))
    return row


def _move(
    row: Request, to: str, kind: RequestStep.Kind, text: str, *, public: bool, **more: Any
) -> None:
    REQUEST_STATES.require(row.status, to)
    Request.objects.filter(id=row.id).update(status=to, **more)
    _write(row, kind, text, public=public)


def _write(row: Request, kind: RequestStep.Kind, text: str, *, public: bool) -> None:
    _step(row, kind, text, public=public, on=business_date()).save(force_insert=True)


def _step(
    row: Request, kind: RequestStep.Kind, text: str, *, public: bool, on: date
) -> RequestStep:
    actor = current_actor()
    return RequestStep(
        request=row, kind=kind, text=text[:TEXT_MAX], by=actor.doer[:150], by_kind=actor.kind,
        on=on, at=now(), public=public,
    )  # fmt: skip
