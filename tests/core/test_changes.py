"""Dated changes: one row follows another, by proposal, and the database remembers."""

from __future__ import annotations

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liti.attribution.models import SplitPolicy
from liti.core import approvals, changes
from liti.core.changes import Dated, Field, declare
from liti.core.clock import set_business_date
from liti.core.context import Actor, acting, job
from liti.core.errors import Conflict, Refused
from liti.core.history import history
from liti.core.ids import uuid7
from liti.core.roles import roles
from liti.core.versions import follow, holding

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 23)
MAKER = Actor("staff", "maker", uuid7(), frozenset({"product_manager"}))
CHECKER = Actor("staff", "checker", uuid7(), frozenset({"operation_head"}))
KEY = {"code": "t"}


@pytest.fixture(autouse=True)
def a_day(db):
    set_business_date(TODAY)


def put(day: int, name: str | None) -> None:
    values = None if name is None else {
        "name_zh": name, "name_en": name, "weights": {"seller": 1}, "source_tag": "B",
    }  # fmt: skip
    follow(SplitPolicy.objects.all(), KEY, values, date(2026, 12, day))


def rows() -> list[tuple[int, int | None, str]]:
    found = SplitPolicy.objects.filter(code="t").order_by("valid_from")
    return [(r.valid_from.day, r.valid_to and r.valid_to.day, r.name_en) for r in found]


def test_a_row_ends_where_the_next_begins():
    put(1, "a")
    put(10, "b")
    assert rows() == [(1, 10, "a"), (10, None, "b")]
    put(5, "c")
    assert rows() == [(1, 5, "a"), (5, 10, "c"), (10, None, "b")]
    put(10, "d")
    assert rows() == [(1, 5, "a"), (5, 10, "c"), (10, None, "d")]
    put(20, None)
    assert rows()[-1] == (10, 20, "d")
    put(12, "e")
    assert rows()[-2:] == [(10, 12, "d"), (12, 20, "e")]


def test_nothing_ends_that_does_not_hold_or_has_just_begun():
    with pytest.raises(Conflict, match="Nothing holds"):
        put(1, None)
    put(1, "a")
    with pytest.raises(Conflict, match="begins on"):
        put(1, None)
    assert rows() == [(1, None, "a")]


def test_what_is_not_named_is_taken_over_from_the_row_before():
    put(1, "a")
    follow(SplitPolicy.objects.all(), KEY, {"weights": {"owner": 2}}, date(2026, 12, 9))
    new = SplitPolicy.objects.get(code="t", valid_to=None)
    assert (new.name_en, new.weights) == ("a", {"owner": 2})


@settings(max_examples=40, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(st.lists(st.tuples(st.integers(1, 20), st.sampled_from("abcdef")), max_size=10))
def test_rows_never_overlap_and_the_latest_writing_holds(writings):
    SplitPolicy.objects.filter(code="t").delete()
    model: dict[int, str] = {}
    for day, name in writings:
        put(day, name)
        model[day] = name
    spans = rows()
    for (_begin, end, _name), (following, _end, _next) in pairwise(spans):
        assert end == following
    for day in range(1, 25):
        held = holding(SplitPolicy.objects.filter(code="t"), date(2026, 12, day))
        expected = [model[d] for d in sorted(model) if d <= day][-1:]
        assert ([held.name_en] if held else []) == expected


class Shop:
    price = 5


declare(
    Dated(
        kind="test.price",
        title="Price",
        propose=roles("product_manager"),
        decide=roles("operation_head"),
        fields=(Field("price", "Price", lambda p: f"{p} yuan"),),
        current=lambda key, day: {"price": Shop.price},
        write=lambda key, values, day: setattr(Shop, "price", values and values["price"]),
        named=lambda key: key["code"],
    )
)
PRICE = next(d for d in changes.declared() if d.kind == "test.price")


def test_a_change_is_told_in_words_and_written_after_the_second_word():
    Shop.price = 5
    with acting(MAKER):
        with pytest.raises(Conflict, match="already"):
            changes.propose(PRICE, KEY, {"price": 5}, TODAY)
        with pytest.raises(Refused, match="has passed"):
            changes.propose(PRICE, KEY, {"price": 6}, date(2026, 11, 22))
        id = changes.propose(PRICE, KEY, {"price": 6}, date(2026, 12, 1))
        ends = changes.propose(PRICE, {"code": "u"}, None, date(2026, 12, 2))
    with acting(CHECKER):
        told = approvals.approval(id).change
        assert told.summary == "t from 2026-12-01 on"
        assert [(x.label, x.before, x.after) for x in told.lines] == [("Price", "5 yuan", "6 yuan")]
        assert approvals.approval(ends).summary == "u ends on 2026-12-02"
        approvals.decide(id, True)
        assert Shop.price == 6
        with pytest.raises(Conflict, match="has changed"):
            approvals.decide(ends, True)


def test_the_database_remembers_who_wrote_what_whatever_wrote_it():
    with acting(job("test.history", on_behalf_of="li")):
        put(1, "a")
        SplitPolicy.objects.filter(code="t").update(name_en="b")
        SplitPolicy.objects.filter(code="t").delete()
    found = history(SplitPolicy, name=("code", "valid_from"), code="t")
    assert [(r.event, r.actor, r.on_behalf_of) for r in found] == [
        ("delete", "test.history", "li"),
        ("update", "test.history", "li"),
        ("insert", "test.history", "li"),
    ]
    assert found[1].changes == {"name_en": ("a", "b")}
    assert found[0].row == "t 2026-12-01"
