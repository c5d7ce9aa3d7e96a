"""Steps of the bank's day: the rooms declare them in their `steps.py`, the room `day` runs them.

    @day_step("wealth.income", title=_("Fund income"), after=("market.settle",))
    def income(on: date, cursor: str) -> Chunk: ...

A step is called again and again, each time in a transaction of its own that also keeps its
progress, until it gives no cursor back. So a chunk is done once, wholly or not at all, and a
step that broke goes on where it was. It must bring the same day to the same end however often
it is begun.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from liti.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class Chunk:
    """What one call did: `done` items more, of `total` in the whole step where that is known.

    `cursor` says where the next call goes on; empty when the step is finished.
    """

    done: int = 0
    cursor: str = ""
    total: int | None = None


Work = Callable[[date, str], Chunk]
Figures = Callable[[date], Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class DayStep:
    """A step: `<room>.<what>`, its title, and the names of those that come before it, or that
    come after it (`before`: a room names steps of the rooms below it, never above)."""

    name: str
    title: str | Promise
    after: tuple[str, ...]
    work: Work
    before: tuple[str, ...] = ()
    last: bool = False


_steps: dict[str, DayStep] = {}
_figures: list[Figures] = []


def day_step(
    name: str,
    *,
    title: str | Promise,
    after: Sequence[str] = (),
    before: Sequence[str] = (),
    last: bool = False,
) -> Callable[[Work], Work]:
    """Declare a step of the day; a name is used once. `last`: after all that are not."""

    def register(work: Work) -> Work:
        known = _steps.get(name)
        assert known is None or known.work is work, f"{name} is declared twice"
        _steps[name] = DayStep(name, title, tuple(after), work, tuple(before), last)
        return work

    return register


def day_figures(figures: Figures) -> Figures:
    """Declare figures of a day (`<room>.<figure>` → a count or minor units), asked for when
    all steps are done."""
    if figures not in _figures:
        _figures.append(figures)
    return figures


def figures_of(on: date) -> dict[str, int]:
    """Everybody's figures of a day."""
    return {name: value for figures in _figures for name, value in figures(on).items()}


def ordered() -> list[DayStep]:
    """All steps, each after those that it names; of several that could come, the first by name.

    Raises Conflict (`core.steps.unknown`, `core.steps.circle`) before anything is run.
    """
    return in_order(_steps)


def in_order(steps: Mapping[str, DayStep]) -> list[DayStep]:
    """Kahn's order of a set of steps; those marked last come when nobody else can."""
    earlier = {step.name: set(step.after) for step in steps.values()}
    for step in steps.values():
        if unknown := sorted({*step.after, *step.before} - steps.keys()):
            raise Conflict(
                "core.steps.unknown",
                _("Step %(step)s names %(names)s, which nobody declares.")
                % {"step": step.name, "names": ", ".join(unknown)},
            )
        for name in step.before:
            earlier[name].add(step.name)
    waiting, found = dict(sorted(steps.items())), []
    while waiting:
        ready = [s for s in waiting.values() if not waiting.keys() & earlier[s.name]]
        free = min(ready, key=lambda s: (s.last, s.name), default=None)
        if free is None:
            raise Conflict(
                "core.steps.circle",
                _("These steps wait for each other: %(names)s.") % {"names": ", ".join(waiting)},
            )
        found.append(waiting.pop(free.name))
    return found
