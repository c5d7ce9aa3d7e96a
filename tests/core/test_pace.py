"""So many a minute over all processes, and few statements for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from threading import Thread

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext

from liti.core import pace
from liti.core.pace import Pace

AT = datetime(2026, 11, 23, 9, 0, 10, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    moment = {"at": AT}
    monkeypatch.setattr(pace, "now", lambda: moment["at"])
    return moment


def of(limit: int, **options) -> Pace:
    return Pace("tests", lambda: limit, **options)


@pytest.mark.django_db
@pytest.mark.parametrize("limit", [1, 7, 50, 120])
def test_one_process_gets_all_of_it_and_no_more(limit):
    calls = of(limit)
    taken = [calls.take("a") for _ in range(limit + 5)]
    assert taken == [0] * limit + [50] * 5
    assert calls.is_spent("a") == 50
    assert calls.take("b") == 0, "each key has its own"


@pytest.mark.django_db
def test_the_next_minute_begins_anew(clock):
    calls = of(2)
    assert [calls.take("a") for _ in range(3)] == [0, 0, 50]
    clock["at"] = AT + timedelta(seconds=50)
    assert calls.is_spent("a") == 0
    assert [calls.take("a") for _ in range(3)] == [0, 0, 60]


@pytest.mark.django_db
def test_processes_together_stay_within_the_limit():
    processes = [of(100) for _ in range(4)]
    passed = sum(p.take("a") == 0 for _ in range(60) for p in processes)
    assert passed == 100


@pytest.mark.django_db
def test_a_process_that_is_refused_early_leaves_a_few_lots_at_most():
    first, second = of(100), of(100)
    assert first.take("a") == 0  # holds one more that nobody uses
    passed = sum(second.take("a") == 0 for _ in range(200))
    assert passed == 98


@pytest.mark.django_db
def test_a_clock_that_is_behind_opens_no_minute_again(clock):
    assert [of(1, exact=True).take("a") for _ in range(2)] == [0, 50]
    clock["at"] = AT - timedelta(minutes=1)
    assert of(1, exact=True).take("a") > 0


@pytest.mark.django_db
def test_a_hot_call_sends_a_statement_in_fifty(django_assert_max_num_queries):
    calls = of(5_000)
    with CaptureQueriesContext(connections["default"]) as sent:
        assert not any(calls.take("a") for _ in range(1_000))
    assert len([q for q in sent if "core_pace" in q["sql"]]) == 10 + 1, "10 lots, one sweep"


def test_many_threads_with_connections_of_their_own_stay_within_the_limit(committed):
    processes, passed = [of(40) for _ in range(4)], []

    def spend(own: Pace) -> None:
        passed.extend(own.take("a") == 0 for _ in range(30))
        connections.close_all()

    threads = [Thread(target=spend, args=(p,)) for p in processes]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sum(passed) == 40
