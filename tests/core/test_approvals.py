"""Approvals: who proposes, who decides, what it rests on, and what happens when it fails."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.db import IntegrityError, transaction
from django.utils import translation

from liti.core import approvals
from liti.core.approvals import Change, Line, Link, approval_kind
from liti.core.context import NOBODY, Actor, acting, current_actor, job
from liti.core.errors import Conflict, Forbidden, NotFound, Refused
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.models import Approval, Event
from liti.core.roles import roles
from liti.core.rules import APPROVAL_STATES

pytestmark = pytest.mark.django_db
KIND = "test.limit"


class Room:
    """A room with one limit, as simple as can be."""

    def __init__(self) -> None:
        self.limit = 5
        self.actor = NOBODY
        self.broken: Exception | None = None
        self.closed: list[str] = []


room = Room()


def describe(payload):
    return Change(
        summary=f"Limit {payload['limit']}",
        lines=(Line("Limit", str(room.limit), str(payload["limit"])),),
        reach="3 customers",
        links=(Link("Parameters", "parameters"),),
    )


@approval_kind(
    KIND,
    title="A limit",
    propose=roles("marketing_operator", "operation_head"),
    decide=roles("operation_head", "risk_officer"),
    jobs=("day",),
    describe=describe,
    basis=lambda _payload: {"limit": room.limit},
    close=lambda _payload, state: room.closed.append(state),
)
def carry_out(payload):
    room.limit = payload["limit"]
    room.actor = current_actor()
    if room.broken:
        raise room.broken


@pytest.fixture(autouse=True)
def a_new_room():
    room.__init__()


def staff(role: str, name: str = "", id: UUID | None = None) -> Actor:
    return Actor("staff", name or role, id or uuid7(), frozenset({role}))


MAKER, CHECKER = staff("marketing_operator", "maker"), staff("operation_head", "checker")


def proposed(limit: int = 9, by: Actor = MAKER, key: str = "limit") -> UUID:
    with acting(by):
        return approvals.propose(KIND, {"limit": limit}, key=key)


def state(id: UUID) -> str:
    return str(Approval.objects.get(id=id).state)


def said(type: str, id: UUID) -> int:
    return Event.objects.filter(type=type, key=str(id)).count()


def test_one_proposes_another_decides_and_the_house_carries_it_out_for_both():
    id = proposed(9)
    with acting(CHECKER):
        shown = approvals.approval(id)
        done = approvals.decide(id, True, "fine")

    assert shown.change.lines == (Line("Limit", "5", "9"),)
    assert (shown.change.reach, shown.change.links[0].page) == ("3 customers", "parameters")
    assert (done.state, done.checker, done.reason) == ("approved", "checker", "fine")
    assert room.limit == 9
    assert room.actor.label == f"approvals.{KIND}"
    assert room.actor.on_behalf_of == "maker / checker"
    assert said("core.approval.proposed", id) == said("core.approval.decided", id) == 1
    with acting(CHECKER), pytest.raises(Conflict, match="no longer waits"):
        approvals.decide(id, True)


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        Actor("anonymous", "anonymous"),
        staff("service_desk"),
        staff("risk_officer"),
        Actor("staff", "no id", None, frozenset({"operation_head"})),
        Actor("customer", "c", uuid7(), frozenset({"customer"}), party_id=uuid7()),
        job("payments.resolve"),
    ],
    ids=lambda a: f"{a.kind} {a.label}",
)
def test_who_is_not_declared_proposes_nothing(actor):
    with acting(actor), pytest.raises(Forbidden):
        approvals.propose(KIND, {"limit": 9}, key="limit")
    assert not Approval.objects.exists()


@pytest.mark.parametrize(
    "actor",
    [
        NOBODY,
        Actor("anonymous", "anonymous"),
        staff("marketing_operator"),
        staff("data_steward"),
        staff("auditor"),
        Actor("staff", "no id", None, frozenset({"operation_head"})),
        Actor("customer", "c", uuid7(), frozenset({"operation_head"}), party_id=uuid7()),
        job("day"),
        job("demo"),
    ],
    ids=lambda a: f"{a.kind} {a.label}",
)
def test_who_is_not_declared_decides_nothing(actor):
    id = proposed(9)
    for approve in (True, False):
        with acting(actor), pytest.raises(Forbidden):
            approvals.decide(id, approve, "because")
    assert (state(id), room.limit) == ("pending", 5)


def test_the_maker_is_told_by_id_not_by_name():
    one, twin = staff("operation_head", "li"), staff("operation_head", "li")
    id = proposed(9, by=one)
    standing_in = Actor("staff", "li for wang", one.id, frozenset({"operation_head"}))
    for himself in (one, standing_in):
        with acting(himself), pytest.raises(Refused, match="yourself"):
            approvals.decide(id, True)
        with acting(himself):
            assert approvals.to_decide() == 0
    with acting(twin):
        assert approvals.to_decide() == 1
        assert approvals.decide(id, True).state == "approved"


def test_a_job_that_proposes_for_somebody_is_not_decided_by_him():
    with acting(job("day.close", on_behalf_of="checker")):
        id = approvals.propose(KIND, {"limit": 9}, key="limit")
    with acting(CHECKER), pytest.raises(Refused, match="yourself"):
        approvals.decide(id, True)
    with acting(staff("risk_officer")):
        assert approvals.decide(id, True).state == "approved"


def test_the_same_content_answers_the_one_that_waits_and_other_content_replaces_it():
    first = proposed(9)
    assert proposed(9, by=CHECKER) == first
    second = proposed(10)

    assert (state(first), state(second)) == ("replaced", "pending")
    with acting(CHECKER):
        assert approvals.approval(first).replaced_by == second
        assert approvals.approval(second).replaces == first
        with pytest.raises(Conflict):
            approvals.decide(first, True)
        approvals.decide(second, True)
    assert room.limit == 10
    assert room.closed == []
    assert said("core.approval.replaced", first) == 1


def test_what_changed_since_must_be_proposed_anew():
    id = proposed(9)
    room.limit = 7
    with acting(CHECKER):
        assert approvals.is_stale(id)
        with pytest.raises(Conflict) as refused:
            approvals.decide(id, True)

    assert refused.value.code == "core.approval.stale"
    assert (state(id), room.limit, room.closed) == ("stale", 7, ["stale"])
    anew = proposed(9)
    with acting(CHECKER):
        assert not approvals.is_stale(anew)
        assert approvals.approval(anew).change.lines == (Line("Limit", "7", "9"),)
        approvals.decide(anew, True)
    assert room.limit == 9


def test_the_same_content_on_changed_ground_is_a_new_proposal():
    first = proposed(9)
    room.limit = 7
    second = proposed(9)
    assert (state(first), state(second)) == ("replaced", "pending")


@pytest.mark.parametrize(
    ("error", "code", "message"),
    [
        (Refused("test.full", "It is full.", remedy="Empty it."), "test.full", "It is full."),
        (ZeroDivisionError("x"), "internal.ZeroDivisionError", "A fault inside the house."),
    ],
)
def test_a_handler_that_fails_leaves_it_waiting_with_the_reason(error, code, message):
    id, kept = proposed(9), uuid7()
    room.broken = error
    with acting(CHECKER), pytest.raises(Refused, match="still waits") as refused:
        approvals.decide(id, True)

    assert (refused.value.code, refused.value.data) == (
        "core.approval.not_carried_out", {"cause": code}
    )  # fmt: skip
    assert (state(id), room.closed) == ("pending", [])
    with acting(CHECKER):
        [attempt] = approvals.attempts(id)
    assert (attempt.actor, attempt.code, attempt.message) == ("checker", code, message)
    room.broken, room.limit = None, 5
    with acting(CHECKER):
        assert approvals.decide(id, True).state == "approved"
    assert kept


def test_what_a_failing_handler_wrote_is_undone():
    @approval_kind(
        "test.writes", title="Writes", propose=roles("marketing_operator"),
        decide=roles("operation_head"), describe=lambda p: Change("x"),
    )  # fmt: skip
    def writes(payload):
        emit("test.written", "test:1", {})
        raise Refused("test.no", "No.")

    with acting(MAKER):
        id = approvals.propose("test.writes", {}, key="1")
    with acting(CHECKER), pytest.raises(Refused):
        approvals.decide(id, True)
    assert not Event.objects.filter(type="test.written").exists()
    assert said("core.approval.failed", id) == 1


def test_a_rejection_needs_a_reason():
    id = proposed(9)
    with acting(CHECKER):
        with pytest.raises(Refused, match="reason"):
            approvals.decide(id, False, "  ")
        assert state(id) == "pending"
        assert approvals.decide(id, False, "too high").state == "rejected"
    assert (room.limit, room.closed) == (5, ["rejected"])


def test_only_the_maker_withdraws():
    id = proposed(9)
    with acting(CHECKER), pytest.raises(Forbidden, match="maker"):
        approvals.withdraw(id)
    assert state(id) == "pending"
    with acting(MAKER):
        assert approvals.withdraw(id, "a slip").reason == "a slip"
    assert (state(id), room.limit, room.closed) == ("withdrawn", 5, ["withdrawn"])


def test_lists_show_what_concerns_the_reader():
    mine, other = proposed(9), proposed(8, by=CHECKER, key="other")
    with acting(MAKER):
        assert [a.id for a in approvals.approvals(whose="proposed")] == [mine]
        assert approvals.approvals(whose="decide") == []
    with acting(CHECKER):
        assert [a.id for a in approvals.approvals(whose="decide")] == [mine]
        assert [a.id for a in approvals.approvals()] == [other, mine]
        assert approvals.approvals(state="approved") == []
    with acting(staff("auditor")):
        assert [a.id for a in approvals.pending()] == [mine, other]
        assert approvals.to_decide() == 0
    with acting(staff("service_desk")):
        assert approvals.pending() == []
        with pytest.raises(NotFound):
            approvals.approval(mine)
    with acting(NOBODY), pytest.raises(Forbidden):
        approvals.approval(mine)


def test_a_proposal_reads_in_the_language_of_the_reader():
    @approval_kind(
        "test.words", title="Words", propose=roles("marketing_operator"),
        decide=roles("operation_head"),
        describe=lambda p: Change("中文" if translation.get_language() == "zh-hans" else "English"),
    )  # fmt: skip
    def nothing(payload):
        pass

    with acting(MAKER):
        id = approvals.propose("test.words", {}, key="1")
        assert approvals.approval(id).summary == "English"
        with translation.override("zh-hans"):
            assert approvals.approval(id).summary == "中文"


def test_nothing_is_proposed_that_nobody_can_carry_out():
    with acting(MAKER), pytest.raises(NotFound):
        approvals.propose("test.unknown", {}, key="k")


def test_the_database_keeps_maker_from_checker_and_one_from_two():
    id = proposed(9)
    row = Approval.objects.get(id=id)
    with pytest.raises(IntegrityError, match="maker_is_not_checker"), transaction.atomic():
        Approval.objects.filter(id=id).update(checker_id=row.maker_id)
    with pytest.raises(IntegrityError, match="nobody_approves_nothing"), transaction.atomic():
        Approval.objects.filter(id=id).update(state="approved")
    with pytest.raises(IntegrityError, match="one_pending_per_thing"), transaction.atomic():
        Approval.objects.create(kind=KIND, key="limit", payload={}, maker="x")


def test_every_kind_of_the_house_names_its_people_and_has_states_that_end():
    for kind in approvals.kinds():
        assert kind.propose, kind.name
        assert kind.decide, kind.name
        assert str(kind.title), kind.name
    assert set(Approval.State.values) == set(APPROVAL_STATES.transitions)
