"""State machines declared in one place: the code that holds them also draws them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from liti.core.errors import Conflict


@dataclass(frozen=True, slots=True)
class StateMachine:
    """Legal moves: state → the states it may move to. The first state is where it begins."""

    name: str
    transitions: Mapping[str, Sequence[str]]

    @property
    def initial(self) -> str:
        return next(iter(self.transitions))

    def allows(self, source: str, target: str) -> bool:
        """Whether the move is legal."""
        return target in self.transitions.get(source, ())

    def require(self, source: str, target: str) -> None:
        """Raise Conflict when the move is not legal."""
        if not self.allows(source, target):
            raise Conflict(
                f"{self.name}.illegal_move",
                _("%(name)s can't go from %(source)s to %(target)s.")
                % {"name": self.name, "source": source, "target": target},
                source=source,
                target=target,
            )

    def mermaid(self) -> str:
        """The diagram for the docs."""
        lines = ["stateDiagram-v2", f"    [*] --> {self.initial}"]
        for source, targets in self.transitions.items():
            lines += [f"    {source} --> {target}" for target in targets]
            if not targets:
                lines.append(f"    {source} --> [*]")
        return "\n".join(lines)
