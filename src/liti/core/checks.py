"""What `liti check` recomputes: each room registers its own, the command runs them all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Checked:
    """What was recomputed, in a line; each finding names the thing that is wrong. A warning
    says what will be wrong soon."""

    summary: str
    findings: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


# None: there is nothing of the kind in this bank.
Check = Callable[[], Checked | None]
_checks: dict[str, Check] = {}


def house_check(name: str) -> Callable[[Check], Check]:
    """Register a check; a name is used once."""

    def register(check: Check) -> Check:
        assert _checks.get(name, check) is check, f"{name} is registered twice"
        _checks[name] = check
        return check

    return register


def run_all() -> list[Checked]:
    """All checks by name."""
    found = [_checks[name]() for name in sorted(_checks)]
    return [result for result in found if result is not None]


def names() -> list[str]:
    """Every registered check."""
    return sorted(_checks)
