"""Charts as SVG text made on the server: no script, no style attribute, both themes by class.

Pure functions: values in, SVG out. Each chart names itself (`title`, `desc`) for readers who
do not see it; pages add the table of the same figures. Values are plain numbers; `show`
writes one for people (money, percent). Colours are the classes f0–f6 and k0–k6 of charts.css.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from html import escape

Show = Callable[[float], str]
WIDTH, HEIGHT = 640, 240
LEFT, RIGHT, TOP, BOTTOM = 58, 12, 14, 26
COLOURS = 6
LABEL_GAP = 4


@dataclass(frozen=True, slots=True)
class Series:
    """A named row of values, one for each label; `colour` is 0 (grey) to 6."""

    name: str
    values: Sequence[float]
    colour: int = 1


@dataclass(frozen=True, slots=True)
class Slice:
    """A named value; `colour` None takes the next one."""

    name: str
    value: float
    colour: int | None = None


@dataclass(frozen=True, slots=True)
class Node:
    """One node of a relation graph and how it stands to the centre."""

    name: str
    relation: str = ""
    colour: int = 2
    href: str = ""


def plain(value: float) -> str:
    """The default way to write a value."""
    return f"{value:,.0f}"


def nice_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """Round steps (1, 2, 2.5, 5 × 10ⁿ) that cover low..high; always includes 0."""
    low, high = min(low, 0), max(high, 0)
    if low == high:
        high = 1
    raw = (high - low) / count
    power = 10 ** math.floor(math.log10(raw))
    step = next(power * f for f in (1, 2, 2.5, 5, 10) if power * f >= raw - 1e-12)
    first, last = math.floor(low / step), math.ceil(high / step)
    return [i * step for i in range(first, last + 1)]


def line(
    title: str, labels: Sequence[str], series: Sequence[Series], *, area: bool = False,
    show: Show = plain, height: int = HEIGHT,
) -> str:  # fmt: skip
    """Lines over ordered labels; with `area` the ground below each is tinted."""
    frame = _Frame(labels, [v for s in series for v in s.values], show, height)
    parts = frame.ground()
    for s in series:
        points = [(frame.x(i), frame.y(v)) for i, v in enumerate(s.values)]
        if not points:
            continue
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
        if area:
            base = frame.y(0)
            parts.append(
                f'<polygon class="area f{s.colour}" points="{points[0][0]:.1f},{base:.1f} {path}'
                f' {points[-1][0]:.1f},{base:.1f}"/>'
            )
        parts.append(f'<polyline class="line k{s.colour}" points="{path}"/>')
        for (x, y), label, value in zip(points, labels, s.values, strict=False):
            parts.append(
                f'<circle class="dot f{s.colour}" cx="{x:.1f}" cy="{y:.1f}" r="3.5">'
                f"<title>{_t(f'{s.name} {label}: {show(value)}')}</title></circle>"
            )
    return _svg(title, _describe(labels, series, show), WIDTH, height, parts)


def bars(
    title: str, labels: Sequence[str], series: Sequence[Series], *, stacked: bool = False,
    show: Show = plain, height: int = HEIGHT,
) -> str:  # fmt: skip
    """Upright bars, side by side or stacked."""
    if stacked:
        extent = [sum(max(s.values[i], 0) for s in series) for i in range(len(labels))]
    else:
        extent = [v for s in series for v in s.values]
    frame = _Frame(labels, extent, show, height, banded=True)
    parts = frame.ground()
    slot = frame.band * 0.64
    for i, label in enumerate(labels):
        height_so_far = 0.0
        for n, s in enumerate(series):
            value = s.values[i]
            width = slot if stacked else slot / len(series)
            x = frame.x(i) - slot / 2 + (0 if stacked else n * width)
            bottom, top = frame.y(height_so_far), frame.y(height_so_far + value)
            if stacked:
                height_so_far += value
            y, h = min(bottom, top), abs(bottom - top)
            parts.append(
                f'<rect class="f{s.colour}" x="{x:.1f}" y="{y:.1f}" rx="2"'
                f' width="{max(width - 2, 1):.1f}" height="{h:.1f}">'
                f"<title>{_t(f'{s.name} {label}: {show(value)}')}</title></rect>"
            )
    return _svg(title, _describe(labels, series, show), WIDTH, height, parts)


def rows(title: str, slices: Sequence[Slice], *, show: Show = plain, width: int = 380) -> str:
    """Lying bars with the name on the left and the value on the right."""
    step, name_width, value_width = 28, 122, 58
    top = max((s.value for s in slices), default=0) or 1
    room = width - name_width - value_width
    parts = []
    for i, s in enumerate(slices):
        y = i * step + 4
        length = room * max(s.value, 0) / top
        parts.append(
            f'<text x="0" y="{y + 14}">{_t(_cut(s.name, 18))}</text>'
            f'<rect class="track" x="{name_width}" y="{y + 3}" width="{room}" height="14" rx="4"/>'
            f'<rect class="f{_colour(s, 0)}" x="{name_width}" y="{y + 3}" rx="4"'
            f' width="{length:.1f}" height="14"><title>{_t(f"{s.name}: {show(s.value)}")}</title>'
            f'</rect><text class="value-label" x="{width}" y="{y + 14}" text-anchor="end">'
            f"{_t(show(s.value))}</text>"
        )
    return _svg(title, _describe_slices(slices, show), width, max(len(slices), 1) * step, parts)


def donut(title: str, slices: Sequence[Slice], *, centre: str = "", show: Show = plain) -> str:
    """Shares of a whole as a ring; the page draws the legend beside it."""
    size, radius, thick = 180, 72.0, 22
    total = sum(max(s.value, 0) for s in slices)
    circumference = 2 * math.pi * radius
    parts = [f'<circle class="grid-line" cx="90" cy="90" r="{radius:.0f}" stroke-width="{thick}"/>']
    begin = 0.0
    for i, s in enumerate(slices):
        if s.value <= 0 or total <= 0:
            continue
        length = circumference * s.value / total
        gap = 1.5 if length > 4 else 0
        parts.append(
            f'<circle class="k{_colour(s, i)}" fill="none" cx="90" cy="90" r="{radius:.0f}"'
            f' stroke-width="{thick}" stroke-dasharray="{length - gap:.2f} {circumference:.2f}"'
            f' stroke-dashoffset="{-begin:.2f}" transform="rotate(-90 90 90)">'
            f"<title>{_t(f'{s.name}: {show(s.value)} ({s.value / total:.1%})')}</title></circle>"
        )
        begin += length
    if centre:
        parts.append(f'<text class="big" x="90" y="97" text-anchor="middle">{_t(centre)}</text>')
    return _svg(title, _describe_slices(slices, show), size, size, parts)


def funnel(title: str, slices: Sequence[Slice], *, show: Show = plain, width: int = 380) -> str:
    """Steps of a process, each as wide as its value, with the share of the step before."""
    step = 38
    top = max((s.value for s in slices), default=0) or 1
    room, centre = width - 200, 110 + (width - 200) / 2
    parts = []
    for i, s in enumerate(slices):
        y = i * step
        length = max(room * max(s.value, 0) / top, 2)
        before = slices[i - 1].value if i else 0
        share = f" · {s.value / before:.0%}" if i and before else ""
        parts.append(
            f'<text x="0" y="{y + 21}">{_t(_cut(s.name, 16))}</text>'
            f'<rect class="f{_colour(s, 0)}" x="{centre - length / 2:.1f}" y="{y + 3}" rx="5"'
            f' width="{length:.1f}" height="{step - 8}">'
            f"<title>{_t(f'{s.name}: {show(s.value)}')}</title></rect>"
            f'<text class="value-label" x="{width}" y="{y + 21}" text-anchor="end">'
            f"{_t(show(s.value) + share)}</text>"
        )
    return _svg(title, _describe_slices(slices, show), width, max(len(slices), 1) * step, parts)


def sparkline(title: str, values: Sequence[float], *, colour: int = 1) -> str:
    """A small line without axes, for a table or a tile."""
    if len(values) < 2:
        return ""
    low, high = min(values), max(values)
    span = (high - low) or 1
    points = " ".join(
        f"{i * 96 / (len(values) - 1):.1f},{24 - (v - low) / span * 20:.1f}"
        for i, v in enumerate(values)
    )
    return (
        f'<svg class="chart sparkline" viewBox="0 0 96 28" role="img"><title>{_t(title)}</title>'
        f'<polyline class="line k{colour}" points="{points}"/></svg>'
    )


def relations(title: str, centre: str, nodes: Sequence[Node], *, limit: int = 8) -> str:
    """A star of relations around one customer."""
    width, height, cx, cy = 380, 290, 190.0, 150.0
    shown = list(nodes)[:limit]
    parts, marks = [], []
    for i, node in enumerate(shown):
        angle = 2 * math.pi * i / len(shown) - math.pi / 2 + (0.5 if len(shown) == 2 else 0)
        x, y = cx + 130 * math.cos(angle), cy + 96 * math.sin(angle)
        first = y - 38 if y < cy - 40 else y + 32  # above it, where the edge comes from below
        parts.append(f'<line class="edge" x1="{cx}" y1="{cy}" x2="{x:.0f}" y2="{y:.0f}"/>')
        mark = (
            f'<circle class="node f{node.colour}" cx="{x:.0f}" cy="{y:.0f}" r="17"/>'
            f'<text class="on" x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">'
            f"{_t(node.name[:1])}</text>"
            f'<text class="value-label" x="{x:.0f}" y="{first:.0f}" text-anchor="middle">'
            f"{_t(_cut(node.name, 9))}</text>"
            f'<text x="{x:.0f}" y="{first + 14:.0f}" text-anchor="middle">'
            f"{_t(node.relation)}</text>"
        )
        marks.append(f'<a href="{escape(node.href)}">{mark}</a>' if node.href else mark)
    marks.append(
        f'<circle class="node f1" cx="{cx}" cy="{cy}" r="24"/><text class="on" x="{cx}"'
        f' y="{cy + 4}" text-anchor="middle">{_t(centre[:2])}</text>'
    )
    described = "; ".join(f"{n.name} {n.relation}".strip() for n in shown)
    return _svg(title, described, width, height + 20, parts + marks)


class _Frame:
    """The plot's ground: scales, grid lines and labels."""

    def __init__(
        self, labels: Sequence[str], values: Sequence[float], show: Show, height: int,
        banded: bool = False,
    ) -> None:  # fmt: skip
        self.labels, self.show, self.height, self.banded = labels, show, height, banded
        self.ticks = nice_ticks(min(values, default=0), max(values, default=1))
        self.low, self.high = self.ticks[0], self.ticks[-1]
        self.band = (WIDTH - LEFT - RIGHT) / max(len(labels), 1)

    def x(self, i: int) -> float:
        if self.banded:
            return LEFT + self.band * (i + 0.5)
        steps = max(len(self.labels) - 1, 1)
        return LEFT + 6 + (WIDTH - LEFT - RIGHT - 12) * i / steps

    def y(self, value: float) -> float:
        room = self.height - TOP - BOTTOM
        return TOP + room * (self.high - value) / (self.high - self.low)

    def ground(self) -> list[str]:
        parts = []
        for tick in self.ticks:
            y = self.y(tick)
            kind = "axis" if tick == 0 else "grid-line"
            parts.append(
                f'<line class="{kind}" x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}"/>'
                f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">'
                f"{_t(self.show(tick))}</text>"
            )
        parts += [
            f'<text x="{self.x(i):.1f}" y="{self.height - 6}" text-anchor="middle">'
            f"{_t(self.labels[i])}</text>"
            for i in self.standing()
        ]
        return parts

    def standing(self) -> list[int]:
        """The labels that stand beside each other without touching; of two the later one."""
        every, free, found = math.ceil(len(self.labels) / 12), math.inf, []
        for i in range(0, len(self.labels), every or 1)[::-1]:
            half = _width(self.labels[i]) / 2
            if self.x(i) + half <= free:
                found.append(i)
                free = self.x(i) - half - LABEL_GAP
        return found[::-1]


def _colour(piece: Slice, position: int) -> int:
    return piece.colour if piece.colour is not None else position % COLOURS + 1


def _width(text: str) -> float:
    """About how wide a label is drawn: full-width characters take twice the room."""
    return sum(11.0 if unicodedata.east_asian_width(c) in "WF" else 6.0 for c in text)


def _cut(text: str, length: int) -> str:
    return text if len(text) <= length else text[: length - 1] + "…"


def _t(text: str) -> str:
    return escape(str(text), quote=True)


def _describe(labels: Sequence[str], series: Sequence[Series], show: Show) -> str:
    return "; ".join(
        f"{s.name}: "
        + ", ".join(f"{label} {show(v)}" for label, v in zip(labels, s.values, strict=False))
        for s in series
    )


def _describe_slices(slices: Sequence[Slice], show: Show) -> str:
    return "; ".join(f"{s.name} {show(s.value)}" for s in slices)


def _svg(title: str, description: str, width: int, height: int, parts: Sequence[str]) -> str:
    css = "chart wide" if width >= WIDTH else "chart"
    return (
        f'<svg class="{css}" viewBox="0 0 {width} {height}" role="img">'
        f"<title>{_t(title)}</title><desc>{_t(description)}</desc>{''.join(parts)}</svg>"
    )
