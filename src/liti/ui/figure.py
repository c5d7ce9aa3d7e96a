"""A figure: chart, legend and table of the same numbers, made together so that they agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from liti.ui import charts
from liti.ui.charts import Series, Show, Slice


@dataclass(frozen=True, slots=True)
class Figure:
    """What the template `ui/parts/chart.html` draws."""

    svg: str
    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    legend: tuple[tuple[int, str, str], ...] = ()
    beside: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.rows


def line_figure(
    title: str, first: str, labels: Sequence[str], series: Sequence[Series], *,
    area: bool = False, show: Show = charts.plain, axis: Show | None = None,
) -> Figure:  # fmt: skip
    """Lines over time; `axis` writes the short figures on the axis, `show` those in the table."""
    svg = charts.line(title, labels, series, area=area, show=axis or show)
    return Figure(svg, title, *_table(first, labels, series, show), _names(series))


def bar_figure(
    title: str, first: str, labels: Sequence[str], series: Sequence[Series], *,
    stacked: bool = False, show: Show = charts.plain, axis: Show | None = None,
) -> Figure:  # fmt: skip
    """Upright bars."""
    svg = charts.bars(title, labels, series, stacked=stacked, show=axis or show)
    legend = _names(series) if len(series) > 1 else ()
    return Figure(svg, title, *_table(first, labels, series, show), legend)


def row_figure(
    title: str, first: str, second: str, slices: Sequence[Slice], show: Show = charts.plain
) -> Figure:
    """Lying bars."""
    kept = list(slices)
    return Figure(charts.rows(title, kept, show=show), title, (first, second), _rows(kept, show))


def funnel_figure(
    title: str, first: str, second: str, slices: Sequence[Slice], show: Show = charts.plain
) -> Figure:
    """Steps of a process."""
    kept = list(slices)
    return Figure(charts.funnel(title, kept, show=show), title, (first, second), _rows(kept, show))


def donut_figure(
    title: str, first: str, second: str, slices: Sequence[Slice], *, centre: str = "",
    show: Show = charts.plain,
) -> Figure:  # fmt: skip
    """Shares of a whole, with the legend beside the ring."""
    kept = [s for s in slices if s.value > 0]
    legend = tuple(
        (s.colour if s.colour is not None else i % charts.COLOURS + 1, s.name, show(s.value))
        for i, s in enumerate(kept)
    )
    svg = charts.donut(title, kept, centre=centre, show=show)
    return Figure(svg, title, (first, second), _rows(kept, show), legend, beside=True)


def _names(series: Sequence[Series]) -> tuple[tuple[int, str, str], ...]:
    return tuple((s.colour, s.name, "") for s in series)


def _rows(slices: Sequence[Slice], show: Show) -> tuple[tuple[str, ...], ...]:
    return tuple((s.name, show(s.value)) for s in slices)


def _table(
    first: str, labels: Sequence[str], series: Sequence[Series], show: Show
) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    head = (first, *(s.name for s in series))
    rows = tuple((label, *(show(s.values[i]) for s in series)) for i, label in enumerate(labels))
    return head, rows
