"""Charts are text: what stands in them, that they name themselves, that they escape."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from liti.ui import charts
from liti.ui.charts import Node, Series, Slice
from liti.ui.figure import bar_figure, donut_figure, line_figure

LABELS = ["Jan", "Feb", "Mar"]
SERIES = [Series("In", [10, 30, 20], 1), Series("Out", [5, 15, 40], 3)]
DRAWN = {
    "line": charts.line("Flow", LABELS, SERIES, area=True),
    "bars": charts.bars("Flow", LABELS, SERIES),
    "stacked": charts.bars("Flow", LABELS, SERIES, stacked=True),
    "rows": charts.rows("Who", [Slice("Retail", 7), Slice("Cards", 3)]),
    "donut": charts.donut("Stages", [Slice("New", 2), Slice("Old", 6)], centre="8"),
    "funnel": charts.funnel("Steps", [Slice("Records", 200), Slice("Customers", 120)]),
    "sparkline": charts.sparkline("Trend", [1, 5, 3]),
    "relations": charts.relations("Relations", "Li", [Node("Wang", "spouse", href="/x/")]),
}


def tags(svg: str) -> list[str]:
    return [element.tag for element in ElementTree.fromstring(svg).iter()]


@pytest.mark.parametrize("kind", DRAWN)
def test_every_chart_is_well_formed_names_itself_and_needs_no_style_or_script(kind):
    root = ElementTree.fromstring(DRAWN[kind])

    assert root.get("role") == "img"
    assert root.find("title").text
    assert "style" not in {name for element in root.iter() for name in element.attrib}
    assert not {"script", "style", "foreignObject"} & set(tags(DRAWN[kind]))


def test_a_line_has_one_point_a_value_and_an_axis_from_zero():
    svg = charts.line("Flow", LABELS, SERIES)

    assert tags(svg).count("circle") == 6
    assert tags(svg).count("polyline") == 2
    assert ">0<" in svg
    assert "In: Jan 10, Feb 30, Mar 20" in svg


def test_stacked_bars_reach_to_the_sum():
    root = ElementTree.fromstring(charts.bars("Flow", LABELS, SERIES, stacked=True))
    first, second = (r for r in root.iter("rect") if "Mar" in r.find("title").text)

    assert float(second.get("y")) + float(second.get("height")) == pytest.approx(
        float(first.get("y")), abs=0.2
    )


def test_donut_arcs_sum_to_the_circle():
    root = ElementTree.fromstring(charts.donut("S", [Slice("a", 1), Slice("b", 3)]))
    arcs = [c.get("stroke-dasharray").split() for c in root.iter("circle") if c.get("fill")]

    lengths = [float(length) + 1.5 for length, _whole in arcs]
    assert sum(lengths) == pytest.approx(float(arcs[0][1]), abs=0.1)
    assert lengths[1] == pytest.approx(3 * lengths[0], abs=0.1)


def test_a_funnel_tells_the_share_of_the_step_before():
    assert "120 · 60%" in DRAWN["funnel"]


def test_names_are_escaped_wherever_they_stand():
    evil = '<script>alert("x")</script>'
    drawn = [
        charts.line(evil, [evil], [Series(evil, [1])]),
        charts.bars(evil, [evil], [Series(evil, [1])]),
        charts.rows(evil, [Slice(evil, 1)]),
        charts.donut(evil, [Slice(evil, 1)], centre=evil),
        charts.funnel(evil, [Slice(evil, 1)]),
        charts.relations(evil, evil, [Node(evil, evil, href='"><script>')]),
        charts.sparkline(evil, [1, 2]),
    ]
    for svg in drawn:
        assert "<script" not in svg
        ElementTree.fromstring(svg)


@pytest.mark.parametrize("values", [[], [0, 0, 0], [-5, 5, 0], [10**15, 1, 0]])
def test_odd_values_draw_without_failing(values):
    labels = LABELS[: len(values)]
    for svg in (
        charts.line("x", labels, [Series("s", values)], area=True),
        charts.bars("x", labels, [Series("s", values)]),
    ):
        ElementTree.fromstring(svg)


@pytest.mark.parametrize(
    ("low", "high", "first", "last"), [(0, 97, 0, 100), (-30, 10, -30, 10), (0, 0, 0, 1)]
)
def test_ticks_are_round_and_cover_the_values(low, high, first, last):
    ticks = charts.nice_ticks(low, high)

    assert 0 in ticks
    assert ticks[0] <= first
    assert ticks[-1] >= last


def test_a_figure_carries_the_same_numbers_as_its_chart():
    figure = line_figure("Flow", "Month", LABELS, SERIES)

    assert figure.head == ("Month", "In", "Out")
    assert figure.rows[2] == ("Mar", "20", "40")
    assert not figure.is_empty
    assert bar_figure("Flow", "Month", [], []).is_empty
    assert donut_figure("S", "a", "b", [Slice("none", 0)]).is_empty


def test_labels_that_would_touch_leave_room_for_the_later_one():
    months = [f"26-{n:02d}" for n in range(1, 12)] + ["26-12（未满月）"]
    drawn = charts.line("x", months, [Series("s", [1] * 12)])
    assert ">26-12（未满月）</text>" in drawn
    assert ">26-11</text>" not in drawn
    assert ">26-10</text>" in drawn
    assert "26-11: 1" in drawn, "its value is still told"
