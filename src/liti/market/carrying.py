"""Carrying orders out: sent, asked about, settled, cancelled.

No engine is spoken to over the wire inside a transaction: what is asked is committed first,
then asked, then what came back is written. A worker that is killed in between leaves an order
that is asked about again; nothing is guessed, and the order's id makes it one order there.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from liti.core import engines, params
from liti.core.authority import command
from liti.core.clock import business_date, now
from liti.core.engines import NO_ANSWER, Answer, Engine, Ordered, Outcome
from liti.core.errors import LitiError, NotFound
from liti.core.roles import DESK, roles
from liti.market import funding
from liti.market.due import ring
from liti.market.models import Order, OrderStep
from liti.market.moving import as_ordered, hear, move, save
from liti.market.preparing import end_prepared
from liti.market.queries import OrderView, order_view
from liti.market.rules import AT_THE_ENGINE, ORDER_STATES, ask_again_after
from liti.market.whose import buyer_of

log = logging.getLogger(__name__)
SILENT_MAX = 3
OVER = ("in_position", "refused", "cancelled")


@dataclass(frozen=True, slots=True)
class AdvanceReport:
    """A round over the orders at engines over the wire, and over quotes and prepared orders that
    nobody took."""

    asked: int
    answered: int
    quotes_ended: int
    prepared_ended: int


@dataclass(frozen=True, slots=True)
class _Question:
    """What is to be asked of an engine, after the transaction that wrote it down."""

    act: str
    order: Ordered
    engine_code: str


@command(staff=DESK, customer=buyer_of)
@transaction.atomic
def cancel_order(order_id: UUID, reason: str) -> OrderView:
    """Take an order back while its engine lets it; the money returns whole.

    At an engine over the wire this asks for it: the order's state tells what became of it,
    and what was filled meanwhile stays filled. Raises NotFound, Conflict (over already) and
    the engine's refusals (`wealth.already_confirmed`). Emits market.order.cancelled, on which
    the split of its benefit is reversed.
    """
    row = _locked(order_id)
    if row.status == "cancelled" or row.cancel_asked_at is not None:
        return order_view(row)
    row.cancel_reason = reason[:200]
    if row.over_the_wire and row.status in ("sent", "in_part", "confirmed"):
        row.cancel_asked_at = row.look_at = now()
        row.attempts = 0
        transaction.on_commit(ring, robust=True)
        save([row], [])
        return order_view(row)
    ORDER_STATES.require(row.status, "cancelled")
    answer = Answer(Outcome.CANCELLED)
    if row.status not in ("quoted", "suitable", "agreed", "funded"):
        answer = engines.engine_of(row.engine).cancel(as_ordered(row))
    row.look_at = row.quoted_until = None
    save([row], hear(row, answer))
    return order_view(row)


@command(system=("market", "day"))
def record_outcome(order_id: UUID, answer: Answer) -> OrderView:
    """Take down what an engine said of an order: asked, or called back by it.

    The same answer twice changes nothing, and neither does one that a later one overtook.
    Raises NotFound, and Conflict for an answer that contradicts an earlier one.
    """
    with transaction.atomic():
        row = _locked(order_id)
        _take_down(row, answer)
        return order_view(row)


@command(staff=roles("finance_officer"), system=("market", "demo", "day"))
@transaction.atomic
def settle_orders(on: date, *, limit: int = 1_000) -> int:
    """Orders at the bank's own engines whose day has come: confirmed, settled, in position.

    One step of all due orders a call, at most `limit`: call it until it gives 0. Engines
    over the wire are not asked here (`advance_orders` does). Returns how many orders moved.
    """
    here = Order.objects.filter(over_the_wire=False)
    rounds: list[tuple[Q, Callable[..., list[Answer]], str]] = [
        (Q(status__in=AT_THE_ENGINE, final=False, confirms_on__lte=on), _status, "confirms_on"),
        (
            Q(status="confirmed") | Q(status="in_part", final=True),
            _settle,
            "settles_on",
        ),
        (Q(status="settled"), _status, "settles_on"),
    ]
    for wanted, ask, day in rounds:
        rows = list(
            here.select_for_update(skip_locked=True, of=("self",))
            .select_related("product", "version")
            .filter(wanted, **{f"{day}__lte": on})
            .order_by(day, "id")[:limit]
        )
        if moved := _apply(rows, ask, day, on):
            return moved
    return 0


@command(system=("market",))
def advance_orders(*, limit: int = 500) -> AdvanceReport:
    """Send what is due to engines over the wire, ask about what is undecided, settle.

    Each order in transactions of its own, taken by nobody else meanwhile; an engine that is
    silent several times in a row is left alone until the next round, at most `limit` orders.
    """
    asked = answered = 0
    silent: dict[str, int] = {}
    while asked < limit:
        down = [code for code, times in silent.items() if times >= SILENT_MAX]
        question = _claim(down)
        if question is None:
            break
        asked += 1
        if not question.act:
            continue
        answer = _ask(question)
        heard = answer.outcome != Outcome.NO_ANSWER
        silent[question.engine_code] = 0 if heard else silent.get(question.engine_code, 0) + 1
        answered += heard
        _write(question, answer)
    return AdvanceReport(asked, answered, _end_quotes(limit), end_prepared(limit))


def _apply(rows: list[Order], ask: Callable[..., list[Answer]], day: str, on: date) -> int:
    steps: list[OrderStep] = []
    moved = 0
    for code in sorted({row.engine for row in rows}):
        mine = [row for row in rows if row.engine == code]
        engine = engines.engine_of(code)
        for start in range(0, len(mine), engine.asks_at_once):
            part = mine[start : start + engine.asks_at_once]
            for row, answer in zip(part, ask(engine, part, on), strict=True):
                found = hear(row, answer)
                steps += found
                moved += bool(found)
                if not found:  # not yet: asked again on the next day, others come first
                    setattr(row, day, max(getattr(row, day), on + timedelta(days=1)))
    save(rows, steps)
    return moved


def _status(engine: Engine, rows: list[Order], on: date) -> list[Answer]:
    return list(engine.status([as_ordered(row) for row in rows], on))


def _settle(engine: Engine, rows: list[Order], on: date) -> list[Answer]:
    return list(engine.settle([as_ordered(row) for row in rows], on))


# durable: what is asked is committed before it is asked.
@transaction.atomic(durable=True)
def _claim(down: list[str]) -> _Question | None:
    """The next order that is due, with its next look put off, so that who dies holds nobody."""
    row = (
        Order.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("product", "version")
        .filter(look_at__lte=now())
        .exclude(engine__in=down)
        .order_by("look_at", "id")
        .first()
    )
    if row is None:
        return None
    steps: list[OrderStep] = []
    act = _next_act(row)
    if act == "place" and row.status != "sent":
        steps.append(move(row, "sent"))
    row.attempts = min(row.attempts + 1, 30_000)
    pause = ask_again_after(
        row.attempts - 1,
        int(params.get("market.ask.first_seconds")),
        int(params.get("market.ask.most_seconds")),
    )
    row.look_at = now() + timedelta(seconds=pause)
    if act == "settle" and row.side == Order.Side.BUY:
        _pay_the_engine(row)
    save([row], steps)
    return _Question(act, as_ordered(row), row.engine)


def _next_act(row: Order) -> str:
    if row.status in ("agreed", "funded"):
        return "place"
    if row.cancel_asked_at is not None:
        return "cancel"
    if row.status == "confirmed" or (row.status == "in_part" and row.final):
        due = row.settles_on is None or row.settles_on <= business_date()
        return "settle" if due else ""
    return "status"


def _pay_the_engine(row: Order) -> None:
    account = engines.engine_of(row.engine).settlement_account(row.version.engine_terms)
    funding.pay(row, account)


def _ask(question: _Question) -> Answer:
    """Speak to the engine, outside of any transaction; whatever goes wrong is no answer."""
    order, on = question.order, business_date()
    try:
        engine = engines.engine_of(question.engine_code)
        if question.act == "place":
            return engine.place(order)
        if question.act == "cancel":
            answer = engine.cancel(order)
        elif question.act == "settle":
            [answer] = engine.settle([order], on)
        else:
            [answer] = engine.status([order], on)
        if answer.outcome == Outcome.NEVER_SEEN:
            # It may still be on its way there; its id makes a second sending the same order.
            return engine.place(order)
    except Exception:
        log.exception("engine %s did not answer about order %s", question.engine_code, order.id)
        return NO_ANSWER
    return answer


@transaction.atomic(durable=True)
def _write(question: _Question, answer: Answer) -> None:
    row = _locked(question.order.id)
    too_late = Outcome.CONFIRMED, Outcome.IN_PART, Outcome.SETTLED, Outcome.IN_POSITION
    try:
        if question.act == "cancel" and answer.outcome in too_late:
            row.cancel_asked_at = None
        _take_down(row, answer)
    except LitiError as error:
        log.exception("order %s: what its engine said was not taken down", row.id)
        Order.objects.filter(id=row.id).update(reason_code=error.code[:40])


def _take_down(row: Order, answer: Answer) -> None:
    before = (row.filled_minor, row.final)
    steps = hear(row, answer)
    if steps or before != (row.filled_minor, row.final):
        row.attempts = 0
        row.look_at = None if row.status in OVER or not row.over_the_wire else now()
    if row.status in OVER:
        row.cancel_asked_at = row.look_at = None
    save([row], steps)


@transaction.atomic
def _end_quotes(limit: int) -> int:
    """Quotes that nobody took in time are over; they held no money."""
    rows = list(
        Order.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("product", "version")
        .filter(status__in=("quoted", "suitable"), quoted_until__lt=now())
        .order_by("quoted_until")[:limit]
    )
    for row in rows:
        row.quoted_until = None
    save(rows, [move(row, "cancelled", _("The quote has run out.")) for row in rows])
    return len(rows)


def _locked(order_id: UUID) -> Order:
    rows = Order.objects.select_for_update(of=("self",)).select_related("product", "version")
    row: Order | None = rows.filter(id=order_id).first()
    if row is None:
        raise NotFound("market.unknown_order", _("There is no order %(id)s.") % {"id": order_id})
    return row
