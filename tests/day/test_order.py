"""The order of the steps is checked before anything runs."""

from __future__ import annotations

import pytest

from liti.core.errors import Conflict
from liti.core.steps import Chunk, DayStep, in_order, ordered


def step(name, *after, before=(), last=False):
    return DayStep(name, name, after, lambda on, cursor: Chunk(), before, last)


def order(*steps):
    return [s.name for s in in_order({s.name: s for s in steps})]


def test_a_step_comes_after_those_that_it_names():
    assert order(step("c"), step("a", "b"), step("b", "c")) == ["c", "b", "a"]


def test_a_step_may_say_whom_it_comes_before():
    assert order(step("a"), step("b", before=("a",))) == ["b", "a"]


def test_of_several_the_first_by_name_comes_first():
    assert order(step("b"), step("a"), step("c")) == ["a", "b", "c"]


def test_a_last_step_comes_when_nobody_else_can():
    assert order(step("a", last=True), step("b"), step("z", "b")) == ["b", "z", "a"]


def test_a_circle_is_refused_by_name():
    with pytest.raises(Conflict) as refused:
        order(step("a", "b"), step("b", "a"), step("c"))
    assert refused.value.code == "core.steps.circle"
    assert "a, b" in refused.value.message


def test_a_step_that_nobody_declares_is_refused_by_name():
    with pytest.raises(Conflict) as refused:
        order(step("a", "nobody.step"))
    assert refused.value.code == "core.steps.unknown"
    assert "nobody.step" in refused.value.message


def test_the_houses_own_steps_have_an_order_and_end_with_the_figures():
    assert [s.name for s in ordered()][-1] == "day.figures"
