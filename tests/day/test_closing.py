"""A day ends once, wholly, whatever broke on the way."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.db import connection
from tests.day.builders import MONDAY, bank_at, counting, only

from liti.core.clock import business_date
from liti.core.context import Actor, acting
from liti.core.errors import Conflict, Forbidden, InvalidInput, Refused, Unavailable
from liti.core.models import Event
from liti.core.steps import Chunk, DayStep
from liti.day import queries, services
from liti.day.models import Day

pytestmark = pytest.mark.django_db


def test_all_steps_run_in_order_then_the_date_moves(monkeypatch):
    done = []
    bank_at(monkeypatch)
    only(monkeypatch, counting("b.two", done, after=["a.one"]), counting("a.one", done, chunks=3))

    assert services.close_days() == [MONDAY]

    day = "2026-11-23"
    assert done == [("a.one", day, 0), ("a.one", day, 1), ("a.one", day, 2), ("b.two", day, 0)]
    assert business_date() == date(2026, 11, 24)
    closed = queries.day(MONDAY)
    assert (closed.state, closed.attempts, closed.items) == ("closed", 1, 4)
    assert [(s.name, s.state, s.items_done, s.items_all) for s in closed.steps] == [
        ("a.one", "done", 3, 3),
        ("b.two", "done", 1, 1),
    ]
    assert Event.objects.filter(type="day.closed", payload__on=day).count() == 1


def test_days_are_closed_through_a_date(monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    assert services.close_days(date(2026, 11, 24)) == [MONDAY, date(2026, 11, 24)]
    assert business_date() == date(2026, 11, 25)


def test_a_close_that_broke_goes_on_at_the_item_where_it_broke(monkeypatch):
    done, breaks = [], {1}
    bank_at(monkeypatch)
    only(
        monkeypatch,
        counting("a.one", done),
        counting("b.two", done, chunks=3, after=["a.one"], breaks_at=breaks),
    )
    with pytest.raises(Unavailable) as broken:
        services.close_days()
    assert broken.value.code == "day.step_failed"
    assert business_date() == MONDAY
    failed = queries.day(MONDAY)
    assert (failed.state, failed.failed.name) == ("failed", "b.two")
    assert failed.failed.error == "RuntimeError: b.two broke at 1"
    assert failed.failed.items_done == 1

    breaks.clear()
    services.close_days()

    assert [turn for name, _on, turn in done if name == "a.one"] == [0]
    assert [turn for name, _on, turn in done if name == "b.two"] == [0, 1, 2]
    closed = queries.day(MONDAY)
    assert (closed.state, closed.attempts, closed.steps[1].attempts) == ("closed", 2, 2)


def test_a_chunk_that_breaks_leaves_nothing(monkeypatch):
    def work(on, cursor):
        Day.objects.filter(on=on).update(closed_by="half done")
        raise RuntimeError("in the middle")

    bank_at(monkeypatch)
    only(monkeypatch, DayStep("a.one", "one", (), work))
    with pytest.raises(Unavailable):
        services.close_days()
    assert Day.objects.get(on=MONDAY).closed_by != "half done"


def test_a_step_that_stands_still_is_stopped(monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, DayStep("a.one", "one", (), lambda on, cursor: Chunk(0, "same")))
    with pytest.raises(Unavailable, match="stands still"):
        services.close_days()


def test_of_two_closes_at_once_the_other_is_told(monkeypatch):
    done = []
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", done))
    ours = connection.get_connection_params()
    names = ("host", "port", "user", "password", "dbname")
    with psycopg.connect(**{k: ours[k] for k in names if k in ours}, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(hashtextextended('liti.day.close', 0))")
        with pytest.raises(Conflict) as refused:
            services.close_days()
        assert refused.value.code == "day.already_closing"
        assert services.close_due() == []
        assert done == []
    # the lock died with its connection
    assert services.close_days() == [MONDAY]


def test_a_day_that_is_not_over_is_not_closed(monkeypatch):
    bank_at(monkeypatch, date(2026, 11, 25), datetime(2026, 11, 25, 14, 59, tzinfo=UTC))
    only(monkeypatch, counting("a.one", []))
    with pytest.raises(Refused) as refused:
        services.close_days()
    assert refused.value.code == "day.not_over"
    assert business_date() == date(2026, 11, 25)
    assert not Day.objects.exists()

    bank_at(monkeypatch, date(2026, 11, 25), datetime(2026, 11, 25, 15, tzinfo=UTC))
    assert services.close_days() == [date(2026, 11, 25)]  # 23:00 in Shanghai


def test_an_ended_day_does_not_end_again(monkeypatch):
    bank_at(monkeypatch)
    with pytest.raises(InvalidInput) as refused:
        services.close_days(MONDAY - timedelta(days=1))
    assert refused.value.code == "day.ended_before"


def test_the_scheduler_closes_what_is_due_and_leaves_the_rest(monkeypatch):
    only(monkeypatch, counting("a.one", []))
    bank_at(monkeypatch, MONDAY, datetime(2026, 11, 24, 4, tzinfo=UTC))
    assert services.close_due() == [MONDAY]
    assert services.close_due() == []
    bank_at(monkeypatch, date(2026, 11, 24), datetime(2026, 11, 24, 15, tzinfo=UTC))
    assert services.close_due() == [date(2026, 11, 24)]


def test_only_those_whose_work_it_is_may_close(monkeypatch):
    bank_at(monkeypatch)
    only(monkeypatch, counting("a.one", []))
    with (
        acting(Actor("staff", "desk", roles=frozenset({"service_desk"}))),
        pytest.raises(Forbidden),
    ):
        services.close_days()
    assert business_date() == MONDAY
    with acting(Actor("staff", "finance", roles=frozenset({"finance_officer"}))):
        services.close_days()
    assert queries.day(MONDAY).closed_by == "finance"
