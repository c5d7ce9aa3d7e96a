"""One error type per kind of refusal, each with a stable code and a remedy for the reader.

The API renders them as RFC 9457 problem details; screens and the CLI show message and
remedy in the user's language.
"""

from __future__ import annotations

from typing import Any


class LitiError(Exception):
    """A refusal the user can understand. `code` is stable; texts are translated."""

    status = 400
    kind = "error"

    def __init__(self, code: str, message: str, *, remedy: str = "", **data: Any) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.remedy = remedy
        self.data = data

    def __str__(self) -> str:
        return f"{self.message} {self.remedy}".strip()

    def as_problem(self, instance: str = "") -> dict[str, Any]:
        """RFC 9457 body."""
        problem: dict[str, Any] = {
            "type": f"urn:liti:problem:{self.code}",
            "title": str(self.message),
            "status": self.status,
            "code": self.code,
        }
        if self.remedy:
            problem["detail"] = str(self.remedy)
        if instance:
            problem["instance"] = instance
        if self.data:
            problem["data"] = {name: _plain(value) for name, value in self.data.items()}
        return problem


class InvalidInput(LitiError):
    """What was given can't be understood."""

    status = 422
    kind = "invalid_input"


class NotFound(LitiError):
    """The thing named does not exist, or not for this reader."""

    status = 404
    kind = "not_found"


class Conflict(LitiError):
    """The same key was used before with other content, or the thing has moved on."""

    status = 409
    kind = "conflict"


class Refused(LitiError):
    """Understood, and a rule says no."""

    status = 422
    kind = "refused"


class TooLarge(LitiError):
    """More was sent than is taken at once."""

    status = 413
    kind = "too_large"


class Unsupported(LitiError):
    """What was sent is in a form that is not read here."""

    status = 415
    kind = "unsupported"


class TooMany(LitiError):
    """Asked too often; `retry_after` seconds in its data say when to ask again."""

    status = 429
    kind = "too_many"


class Forbidden(LitiError):
    """The reader's role does not allow it."""

    status = 403
    kind = "forbidden"


class Unavailable(LitiError):
    """A counterpart or a part of the house can't answer now; trying again is right."""

    status = 503
    kind = "unavailable"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | bool | list | dict):
        return value
    return str(value)
