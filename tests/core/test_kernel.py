from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import transaction

from liti.core import audit, calendars, clock, events, runs
from liti.core.bulk import copy_rows
from liti.core.context import Actor, acting, current_actor
from liti.core.errors import Conflict, NotFound
from liti.core.ids import uuid7, uuid7_at
from liti.core.models import AccessLog, Event
from liti.core.states import StateMachine

pytestmark = pytest.mark.django_db


def staff(name: str) -> Actor:
    return Actor(kind="staff", label=name, id=uuid7(), roles=frozenset({"operation_head"}))


def test_ids_ascend_and_are_version_7():
    ids = [uuid7() for _ in range(5000)]
    assert ids == sorted(set(ids))
    assert {i.version for i in ids} == {7}


def test_a_known_thing_has_one_id():
    at = datetime(2026, 1, 1, tzinfo=UTC)
    assert uuid7_at(at, "a", 1) == uuid7_at(at, "a", 1)
    assert uuid7_at(at, "a", 1) != uuid7_at(at, "a", 2)
    assert uuid7_at(at, "a").version == 7
    assert uuid7_at(at, "x") < uuid7_at(datetime(2026, 1, 2, tzinfo=UTC), "x")


def test_the_business_date_is_not_the_clock():
    assert clock.business_date() == clock.local_date()
    clock.set_business_date(date(2020, 2, 29))
    assert clock.business_date() == date(2020, 2, 29)
    assert clock.now().tzinfo is not None


def test_an_event_of_a_rolled_back_command_never_was():
    with transaction.atomic():
        events.emit("test.kernel.gone", "test:1", {})
        transaction.set_rollback(True)
    assert not Event.objects.filter(type="test.kernel.gone").exists()


def test_reading_personal_data_is_logged_for_ever():
    subject = uuid7()
    with acting(staff("reader")):
        audit.record_access("party", subject, "complaint 17", ["mobile"])
    [access] = audit.accesses("party", subject)
    assert (access.actor, access.purpose, access.fields) == ("reader", "complaint 17", ("mobile",))
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        AccessLog.objects.all().delete()


def test_the_actor_ends_with_its_block():
    with acting(staff("a")):
        assert current_actor().label == "a"
    assert current_actor().label == "tests"


def test_a_step_is_done_once_and_a_failed_one_again():
    with pytest.raises(RuntimeError), runs.run_step("t", "one", key="k") as step:
        raise RuntimeError("broken")
    assert runs.steps("t")[0].state == "failed"
    with runs.run_step("t", "one", key="k") as step:
        assert not step.done
        step.counts["rows"] = 3
    with runs.run_step("t", "one", key="k") as step:
        assert step.done
        assert step.counts["rows"] == 3
    with runs.run_step("t", "one", key="k", again=True) as step:
        assert not step.done


def test_copying_leaves_out_what_is_there():
    rows = [(f"test:{n}", clock.now()) for n in range(3)]
    columns = ["key", "used_at"]
    assert copy_rows("core_eventkey", columns, rows[:2]) == 2
    assert copy_rows("core_eventkey", columns, rows, on_conflict_do_nothing=True) == 1


def test_a_calendar_does_not_guess():
    assert not calendars.is_business_day(date(2026, 10, 1))
    assert calendars.is_business_day(date(2026, 10, 10))  # a make-up Saturday
    with pytest.raises(NotFound, match="2030"):
        calendars.is_business_day(date(2030, 1, 1))


def test_states_move_as_declared():
    machine = StateMachine("test.thing", {"new": ("done",), "done": ()})
    machine.require("new", "done")
    with pytest.raises(Conflict):
        machine.require("done", "new")
    assert "new --> done" in machine.mermaid()
    assert machine.initial == "new"
