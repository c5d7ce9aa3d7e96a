"""A network of parties as SVG text: rings around the centre, each node a link that keys reach.

Pure: nodes and edges in, SVG out, as the other charts; the page lists the same beside it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 720, 520
RINGS = (0.0, 130.0, 215.0)
FLAT = 0.92  # rings are a little flatter than circles: names are wide
NAME_MAX = 10


@dataclass(frozen=True, slots=True)
class Spot:
    """One node: where it leads, and the node (`via`) through which it hangs on the centre."""

    key: str
    name: str
    colour: int
    href: str
    ring: int
    via: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One edge and what it says of its two ends."""

    left: str
    right: str
    says: str


def draw(title: str, spots: Sequence[Spot], links: Sequence[Link]) -> str:
    """The picture; the first spot is its centre. Words of an edge stand in the middle of it
    where it touches the centre, and in its title everywhere."""
    places = layout(spots)
    parts = [_edge(link, places, spots[0].key) for link in links]
    parts += [_node(spot, *places[spot.key]) for spot in spots]
    described = "; ".join(link.says for link in links)
    return (
        f'<svg class="chart wide network" viewBox="0 0 {WIDTH} {HEIGHT}" role="group"'
        f' aria-label="{_t(title)}"><desc>{_t(described)}</desc>{"".join(parts)}</svg>'
    )


def layout(spots: Sequence[Spot]) -> dict[str, tuple[float, float]]:
    """Where each node stands: the inner ring evenly, the outer one near whom it hangs on."""
    angles: dict[str, float] = {}
    inner = [s for s in spots if s.ring == 1]
    # A node that others hang on takes a wider piece of the ring.
    weight = {s.key: 1 + sum(o.via == s.key for o in spots) for s in inner}
    total, start = sum(weight.values()) or 1, -math.pi / 2
    for spot in inner:
        wide = 2 * math.pi * weight[spot.key] / total
        angles[spot.key] = start + wide / 2
        hanging = [o for o in spots if o.ring == 2 and o.via == spot.key]
        for n, other in enumerate(hanging):
            angles[other.key] = start + wide * (n + 1) / (len(hanging) + 1)
        start += wide
    found = {}
    for spot in spots:
        far, angle = RINGS[spot.ring], angles.get(spot.key, 0.0)
        found[spot.key] = (
            WIDTH / 2 + 1.35 * far * math.cos(angle),
            HEIGHT / 2 + FLAT * far * math.sin(angle),
        )
    return found


def _edge(link: Link, places: Mapping[str, tuple[float, float]], centre: str) -> str:
    (x1, y1), (x2, y2) = places[link.left], places[link.right]
    ring = 1 if centre in (link.left, link.right) else 2
    return (
        f'<line class="edge r{ring}" x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}">'
        f"<title>{_t(link.says)}</title></line>"
    )


def _node(spot: Spot, x: float, y: float) -> str:
    size = 24 if spot.ring == 0 else 17 if spot.ring == 1 else 13
    name = spot.name if len(spot.name) <= NAME_MAX else spot.name[: NAME_MAX - 1] + "…"
    mark = (
        f"<title>{_t(spot.name)}</title>"
        f'<circle class="node f{spot.colour}" cx="{x:.0f}" cy="{y:.0f}" r="{size}"/>'
        f'<text class="on" x="{x:.0f}" y="{y + 4:.0f}" text-anchor="middle">'
        f"{_t(spot.name[:1])}</text>"
        f'<text class="value-label" x="{x:.0f}" y="{y + size + 13:.0f}" text-anchor="middle">'
        f"{_t(name)}</text>"
    )
    return f'<a href="{_t(spot.href)}">{mark}</a>' if spot.href else mark


def _t(text: str) -> str:
    return escape(str(text), quote=True)
