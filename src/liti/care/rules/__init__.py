"""What holds for requests and service, pure."""

from liti.care.rules.requests import REQUEST_STATES

__all__ = ["REQUEST_STATES"]
