"""The port between the marketplace and whoever carries its orders out."""

from __future__ import annotations

import pytest
from tools import docs

from liti.core import engines
from liti.core.engines import Answer, Outcome
from liti.core.errors import Conflict
from liti.market.rules import Standing, ask_again_after, heard

CLOUDS = {"wealth", "lending", "payments"}


def test_the_marketplace_imports_no_cloud():
    found = [m for _file, m in docs.imported("market") if m.split(".")[1] in CLOUDS]
    assert not found, f"{found}: engines come by core.engines, terms by the product's version"


def test_the_sweep_is_offered_by_its_room():
    assert type(engines.engine_of("wealth.sweep")).__module__ == "liti.wealth.engine"


@pytest.mark.parametrize(
    ("status", "filled", "final", "answer", "expected"),
    [
        ("sent", 0, False, Answer(Outcome.NO_ANSWER), ()),
        ("sent", 0, False, Answer(Outcome.NEVER_SEEN), ()),
        ("sent", 0, False, Answer(Outcome.ACCEPTED), ()),
        ("sent", 0, False, Answer(Outcome.CONFIRMED), ("confirmed",)),
        ("sent", 0, False, Answer(Outcome.IN_PART, 40), ("in_part",)),
        ("sent", 0, False, Answer(Outcome.IN_PART, 100), ("confirmed",)),
        ("sent", 0, False, Answer(Outcome.IN_POSITION), ("confirmed", "settled", "in_position")),
        ("sent", 0, False, Answer(Outcome.SETTLED, 40), ("in_part", "settled")),
        ("sent", 0, False, Answer(Outcome.REFUSED), ("refused",)),
        ("sent", 0, False, Answer(Outcome.CANCELLED), ("cancelled",)),
        ("in_part", 40, False, Answer(Outcome.IN_PART, 30), ()),
        ("in_part", 40, False, Answer(Outcome.CONFIRMED, 100), ("confirmed",)),
        ("in_part", 40, True, Answer(Outcome.SETTLED), ("settled",)),
        ("confirmed", 100, True, Answer(Outcome.CONFIRMED), ()),
        ("confirmed", 100, True, Answer(Outcome.ACCEPTED), ()),
        ("confirmed", 100, True, Answer(Outcome.CANCELLED), ("cancelled",)),
        ("in_position", 100, True, Answer(Outcome.CONFIRMED), ()),
        ("refused", 0, True, Answer(Outcome.REFUSED), ()),
        ("cancelled", 0, True, Answer(Outcome.CANCELLED), ()),
    ],
)
def test_an_answer_moves_an_order_as_far_as_it_says(status, filled, final, answer, expected):
    after, states = heard(Standing(status, 100, filled, final), answer)
    assert states == expected
    assert after.status == (expected[-1] if expected else status)


@pytest.mark.parametrize(
    ("status", "filled", "final", "answer"),
    [
        ("sent", 0, False, Answer(Outcome.IN_PART, 0)),
        ("sent", 0, False, Answer(Outcome.IN_PART, 101)),
        ("sent", 0, False, Answer(Outcome.CONFIRMED, -1)),
        ("in_part", 40, False, Answer(Outcome.REFUSED)),
        ("in_part", 40, True, Answer(Outcome.CONFIRMED)),
        ("in_part", 40, True, Answer(Outcome.IN_PART, 50)),
        ("in_part", 40, False, Answer(Outcome.CONFIRMED, 30)),
        ("settled", 100, True, Answer(Outcome.CANCELLED)),
        ("in_position", 100, True, Answer(Outcome.REFUSED)),
        ("refused", 0, True, Answer(Outcome.CONFIRMED)),
        ("cancelled", 0, True, Answer(Outcome.IN_PART, 10)),
    ],
)
def test_an_answer_that_contradicts_is_not_taken_down(status, filled, final, answer):
    with pytest.raises(Conflict):
        heard(Standing(status, 100, filled, final), answer)


def test_questions_come_less_and_less_often_but_never_stop():
    assert [ask_again_after(n, 15, 900) for n in (0, 1, 2, 6, 7, 30_000)] == [
        15, 30, 60, 900, 900, 900,
    ]  # fmt: skip
