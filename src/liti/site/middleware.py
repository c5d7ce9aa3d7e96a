"""What wraps every request: who acts, the admin's own policy, refusals shown as such."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from liti.core.context import Actor, acting
from liti.core.errors import LitiError
from liti.core.ids import uuid7

GetResponse = Callable[[HttpRequest], HttpResponse]
ANONYMOUS = Actor(kind="anonymous", label="anonymous")


def admin_content_security_policy(get_response: GetResponse) -> GetResponse:
    """The admin's theme needs a looser policy; no other page gets it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]  # Django's own hook
        return response

    return middleware


def acting_user(get_response: GetResponse) -> GetResponse:
    """Set the actor for the trail; a signed-in user's language follows him."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acting(actor_of(request)):
            return get_response(request)

    return middleware


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request."""
    user = request.user
    if not user.is_authenticated:
        return ANONYMOUS
    return Actor(
        kind=user.kind,
        label=user.username,
        id=user.id,
        roles=frozenset(user.groups.values_list("name", flat=True)),
        department=user.department,
        request_id=str(uuid7()),
    )


def refusals(get_response: GetResponse) -> GetResponse:
    """A LitiError that no view caught becomes a page with message and remedy, or a problem."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
            if not isinstance(error, LitiError):
                return None
            if request.path.startswith("/api/"):
                return JsonResponse(
                    error.as_problem(request.path),
                    status=error.status,
                    content_type="application/problem+json",
                )
            return render(request, "ui/problem.html", {"error": error}, status=error.status)

    return Middleware()
