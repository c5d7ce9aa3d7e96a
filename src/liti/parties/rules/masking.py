"""What a screen shows of personal data until someone gives a reason to see more."""

from __future__ import annotations

from liti.parties.rules.names import is_han


def name(value: str) -> str:
    """张*明, 张*; Z**** W*** for Latin."""
    if not value:
        return ""
    if not is_han(value):
        return " ".join(w[0] + "*" * (len(w) - 1) for w in value.split())
    if len(value) <= 2:
        return value[0] + "*" * (len(value) - 1)
    return value[0] + "*" * (len(value) - 2) + value[-1]


def id_number(value: str) -> str:
    """First three and last two characters."""
    return _middle(value, 3, 2)


def mobile(value: str) -> str:
    """138****5678."""
    return _middle(value, 3, 4)


def email(value: str) -> str:
    """First character of the local part, and the domain."""
    local, at, domain = value.partition("@")
    return f"{local[:1]}***{at}{domain}" if at else "*" * len(value)


def address(value: str) -> str:
    """Province and city stay; the rest does not."""
    return value[:6] + "****" if len(value) > 6 else "*" * len(value)


def _middle(value: str, head: int, tail: int) -> str:
    if len(value) <= head + tail:
        return "*" * len(value)
    return value[:head] + "*" * (len(value) - head - tail) + value[-tail:]
