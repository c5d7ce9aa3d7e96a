"""Events reach their handlers without anybody asking: each by itself, in order per key."""

from __future__ import annotations

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.core.delivery import due_now, hears

from liti.core import delivery, events, tasks
from liti.core.authority import declaration_of
from liti.core.context import Actor, acting, current_actor
from liti.core.errors import Conflict, Forbidden, InvalidInput, NotFound
from liti.core.ids import uuid7
from liti.core.models import Delivery, Event

pytestmark = pytest.mark.django_db
ENGINEER = Actor("staff", "an engineer", uuid7(), frozenset({"engineer"}))


def standing(handler):
    rows = Delivery.objects.filter(handler=handler).order_by("seq")
    return [(r.key, r.state, r.attempts) for r in rows]


class Broken:
    """A handler that fails for the keys named, and keeps what it was given, each once: what
    a batch that failed did before is undone in the database, and done again."""

    def __init__(self, *keys):
        self.keys, self.calls, self._seen = set(keys), 0, {}

    @property
    def done(self):
        return list(self._seen)

    def __call__(self, event):
        self.calls += 1
        if event.key in self.keys:
            raise RuntimeError("lock timeout")
        self._seen[event.key, event.payload["n"]] = True


def emit(key, n=0, type="test.told"):
    return events.emit(type, f"test:{key}", {"n": n})


def bells():
    return ProcrastinateJob.objects.filter(task_name="liti.core.tasks.deliver", status="todo")


def test_a_commit_rings_once_for_all_that_waits(django_capture_on_commit_callbacks):
    with hears("test.one", Broken()):
        with django_capture_on_commit_callbacks(execute=True) as rung:
            emit("a")
            emit("b")
            with transaction.atomic():
                emit("c")
        assert len(rung) == 1
        assert bells().count() == 1
        with django_capture_on_commit_callbacks(execute=True):
            emit("d")
    assert bells().count() == 1


def test_a_bell_that_rings_already_writes_nothing(
    django_assert_num_queries, django_capture_on_commit_callbacks
):
    with hears("test.any", lambda event: None), django_capture_on_commit_callbacks(execute=True):
        events.emit("test.told", "test:1", {})
    assert ProcrastinateJob.objects.filter(queueing_lock="core.deliver").count() == 1
    with django_assert_num_queries(0):  # the one look goes by the driver's own cursor
        tasks.ring()
    assert bells().count() == 1


def test_an_event_that_nobody_hears_rings_nobody(django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True) as rung:
        emit("a", type="test.unheard")
    assert (len(rung), Event.objects.filter(type="test.unheard").count()) == (0, 1)


def test_a_savepoint_that_is_rolled_back_takes_its_bell_but_not_ours(
    django_capture_on_commit_callbacks,
):
    with hears("test.one", Broken()), django_capture_on_commit_callbacks(execute=True) as rung:
        with transaction.atomic():
            emit("a")
            transaction.set_rollback(True)
        emit("b")
    assert len(rung) == 1
    assert standing("test.one") == [("test:b", "waiting", 0)]


def test_the_job_delivers_what_waits():
    one = Broken()
    with hears("test.one", one):
        emit("a", 1)
        tasks.deliver(timestamp=0)
    assert (one.done, standing("test.one")) == ([("test:a", 1)], [])


def test_one_handlers_fault_stops_only_its_own_key_and_handler():
    fine, broken = Broken(), Broken("test:b")
    with hears("test.fine", fine), hears("test.broken", broken):
        for n in range(2):
            for key in "abc":
                emit(key, n)

        assert delivery.deliver_pending() == 6 + 4
        assert delivery.deliver_pending() == 0

    every = [(f"test:{key}", n) for n in range(2) for key in "abc"]
    assert fine.done == every
    assert sorted(broken.done) == sorted(e for e in every if e[0] != "test:b")
    assert standing("test.broken") == [("test:b", "waiting", 1), ("test:b", "waiting", 0)]
    kept = Delivery.objects.filter(handler="test.broken").first()
    assert kept.last_error == "RuntimeError: lock timeout"


def test_a_call_goes_on_behind_a_take_in_which_all_failed():
    had = []

    def handle(event):
        if event.key == "test:bad":
            raise RuntimeError("always")
        had.append(event.key)

    with hears("test.any", handle, at_once=2):
        for key in ("test:bad", "test:bad", "test:good"):
            events.emit("test.told", key, {})
        assert delivery.deliver_pending() == 1
    assert had == ["test:good"]


def test_a_call_burns_one_attempt_however_much_there_is_to_do():
    broken = Broken("test:x")
    with hears("test.broken", broken), hears("test.other", Broken(), types=["test.other"]):
        emit("x")
        for n in range(900):
            emit(n, type="test.other")
        assert delivery.deliver_pending(1000) == 900
    assert (broken.calls, standing("test.broken")) == (1, [("test:x", "waiting", 1)])


def test_pauses_grow_and_the_last_attempt_makes_a_dead_letter():
    broken = Broken("test:x")
    pauses = []
    with hears("test.broken", broken):
        emit("x", 1)
        emit("x", 2)
        for _attempt in range(8):
            assert delivery.deliver_pending() == 0
            first, second = Delivery.objects.filter(handler="test.broken").order_by("seq")
            assert second.due_at == first.due_at
            pauses.append(first.due_at and round((first.due_at - first.failed_at).total_seconds()))
            due_now()
        assert pauses == [5, 20, 80, 320, 1280, 5120, 20480, None]
        assert standing("test.broken") == [("test:x", "dead", 8), ("test:x", "waiting", 0)]

        broken.keys.clear()
        emit("x", 3)
        emit("y", 4)
        assert delivery.deliver_pending() == 1
    assert broken.done == [("test:y", 4)]


def dead_letter(broken, *numbers):
    """A key whose first event is dead; returns its delivery."""
    for n in numbers:
        emit("x", n)
    delivery.deliver_pending()
    for _attempt in range(7):
        due_now()
        delivery.deliver_pending()
    return Delivery.objects.get(handler="test.broken", state="dead")


def test_a_dead_letter_is_retried_and_its_key_goes_on_in_order():
    broken = Broken("test:x")
    with hears("test.broken", broken):
        row = dead_letter(broken, 1, 2, 3)
        with acting(ENGINEER):
            assert delivery.delivery(row.id).behind == 2
            again = delivery.retry_delivery(row.id)
        assert (again.state, again.attempts) == ("waiting", 0)
        broken.keys.clear()
        assert delivery.deliver_pending() == 3
    assert broken.done == [("test:x", 1), ("test:x", 2), ("test:x", 3)]
    with acting(ENGINEER), pytest.raises(NotFound):
        delivery.retry_delivery(row.id)


def test_a_dead_letter_is_given_up_with_a_reason_and_its_key_goes_on():
    broken = Broken("test:x")
    with hears("test.broken", broken):
        row = dead_letter(broken, 1, 2)
        with acting(ENGINEER):
            with pytest.raises(InvalidInput):
                delivery.give_up_delivery(row.id, "  ")
            assert delivery.delivery(row.id).state == "dead"
            gone = delivery.give_up_delivery(row.id, "the order was a test")
            with pytest.raises(Conflict):
                delivery.give_up_delivery(row.id, "again")
            with pytest.raises(Conflict):
                delivery.retry_delivery(row.id)
        assert (gone.state, gone.decided_by, gone.reason) == (
            "given_up", "an engineer", "the order was a test",
        )  # fmt: skip
        broken.keys.clear()
        assert delivery.deliver_pending() == 1
    assert broken.done == [("test:x", 2)]


def test_what_is_still_to_be_tried_is_not_given_up():
    with hears("test.one", Broken()):
        emit("x", 1)
        row = Delivery.objects.get(handler="test.one")
        with acting(ENGINEER), pytest.raises(Conflict, match="not tried"):
            delivery.give_up_delivery(row.id, "I am in a hurry")
    assert standing("test.one") == [("test:x", "waiting", 0)]


def test_only_those_whose_work_it_is_decide():
    assert declaration_of(delivery.retry_delivery).staff == {"engineer", "operation_head"}
    with acting(Actor("staff", "rm", uuid7(), frozenset({"relationship_manager"}))):
        for call in (
            lambda: delivery.retry_delivery(1),
            lambda: delivery.give_up_delivery(1, "x"),
            lambda: delivery.deliveries(),
            lambda: delivery.standings(),
        ):
            with pytest.raises(Forbidden):
                call()


def test_what_waits_for_a_handler_that_is_gone_is_shown_and_can_be_given_up():
    with hears("test.removed", Broken()):
        emit("x", 1)
    assert delivery.deliver_pending() == 0
    with acting(ENGINEER):
        [lost] = delivery.deliveries(handler="test.removed")
        assert (lost.has_handler, lost.state) == (False, "waiting")
        [line] = [s for s in delivery.standings() if s.handler == "test.removed"]
        assert (line.has_handler, line.waiting, line.dead) == (False, 1, 0)
        assert delivery.give_up_delivery(lost.id, "the handler was removed").state == "given_up"


def test_a_renamed_handler_takes_over_what_waited_under_its_old_name():
    with hears("test.old", Broken()):
        emit("x", 1)
        emit("x", 2)
    new = Broken()
    with hears("test.new", new, formerly=["test.old"]):
        emit("x", 3)
        assert delivery.deliver_pending() == 3
    assert new.done == [("test:x", 1), ("test:x", 2), ("test:x", 3)]


@pytest.mark.parametrize(
    ("name", "more"), [("test.one", {}), ("nodot", {}), ("test.two", {"formerly": ["test.one"]})]
)
def test_a_handlers_name_is_its_own(name, more):
    with hears("test.one", Broken()):
        with pytest.raises(ImproperlyConfigured):
            events.subscribe("test.told", name=name, **more)(Broken())
        assert name == "test.one" or events.handler(name) is None


@pytest.mark.parametrize("key", ["LTYEB1", "all", "2026-11-23", "", "fund:", "x" * 121])
def test_a_key_that_could_name_two_things_is_refused(key):
    with pytest.raises(AssertionError):
        events.emit("test.told", key, {})
    assert not Event.objects.filter(type="test.told").exists()


def test_a_handler_acts_by_its_name_on_behalf_of_whoever_emitted():
    seen = []

    def who(_event):
        actor = current_actor()
        seen.append((actor.kind, actor.label, actor.on_behalf_of))
        if actor.on_behalf_of == "wang" and len(seen) == 1:
            events.emit("test.later", "test:x", {})

    with (
        hears("test.one", who),
        hears("test.two", who, types=["test.later"]),
        acting(Actor("staff", "wang", ENGINEER.id)),
    ):
        emit("x")
        delivery.deliver_pending()
    assert seen == [("system", "test.one", "wang"), ("system", "test.two", "wang")]
    told = Event.objects.get(type="test.told")
    assert (told.actor_kind, told.actor, told.actor_id) == ("staff", "wang", ENGINEER.id)


def test_what_a_failing_handler_wrote_is_undone_and_its_neighbours_stand():
    def writes(event):
        emit(event.key[-1], type="test.written")
        if event.key == "test:b":
            raise RuntimeError("no")

    with hears("test.writes", writes):
        for key in "abc":
            emit(key)
        assert delivery.deliver_pending() == 2
    written = Event.objects.filter(type="test.written")
    assert set(written.values_list("key", flat=True)) == {"test:a", "test:c"}


def test_a_batch_handler_gets_lists_in_order_and_single_ones_after_a_fault():
    calls = []

    def batch(found):
        calls.append([e.payload["n"] for e in found])
        if any(e.payload["n"] == 2 for e in found):
            raise RuntimeError("two")

    with hears("test.batch", batch, batches=True):
        events.emit_many(
            [events.NewEvent("test.told", f"test:{n % 2}", {"n": n}) for n in range(5)]
        )
        assert delivery.deliver_pending() == 3
    assert calls == [[0, 1, 2, 3, 4], [0], [1], [2], [3]]
    assert [s[1:] for s in standing("test.batch")] == [("waiting", 1), ("waiting", 0)]


def test_many_are_emitted_in_one_statement_and_numbered_in_order(django_assert_num_queries):
    with hears("test.one", Broken()), hears("test.two", Broken()):
        told = [events.NewEvent("test.told", f"test:{n % 7}", {"n": n}) for n in range(500)]
        ids = events.emit_many(told)
    rows = list(Event.objects.filter(id__in=ids).order_by("seq").values_list("id", flat=True))
    assert rows == ids
    assert Delivery.objects.filter(handler__in=["test.one", "test.two"]).count() == 1000


def test_what_every_handler_handled_is_removed_by_age_and_the_rest_stays():
    with hears("test.one", Broken("test:b")):
        emit("a")
        emit("b")
        emit("c", type="test.unheard")
        delivery.deliver_pending()
    assert delivery.remove_old() == 0
    age("31 days")
    assert delivery.remove_old() == 2 + 2  # events a and c, and their keys
    assert list(Event.objects.values_list("key", flat=True)) == ["test:b"]


def test_a_given_up_delivery_is_kept_longer_and_its_event_with_it():
    with hears("test.broken", Broken("test:x")) as broken:
        row = dead_letter(broken, 1)
        with acting(ENGINEER):
            delivery.give_up_delivery(row.id, "a test")
    age("364 days")
    assert delivery.remove_old() == 0
    age("2 days")
    assert delivery.remove_old() == 3  # the row, its event, its key


def dead_job(task, lock=None, status="doing"):
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, status)"
            " VALUES ('default', %s, %s, %s, %s) RETURNING id",
            [task, lock, task, status],
        )
        return cursor.fetchone()[0]


def test_jobs_of_a_dead_worker_begin_again_and_doubles_are_closed():
    alone = dead_job("day.close", lock="day.close")
    double = dead_job("core.deliver")
    waits = dead_job("core.deliver", status="todo")

    assert tasks.free_stalled(timestamp=0) == 2
    assert tasks.free_stalled(timestamp=0) == 0

    states = dict(ProcrastinateJob.objects.values_list("id", "status"))
    assert (states[alone], states[double], states[waits]) == ("todo", "failed", "todo")


def age(by):
    with connection.cursor() as cursor:
        for statement in (
            "UPDATE core_event SET occurred_at = occurred_at - %s::interval",
            "UPDATE core_eventkey SET used_at = used_at - %s::interval",
            "UPDATE core_delivery SET decided_at = decided_at - %s::interval",
        ):
            cursor.execute(statement, [by])
