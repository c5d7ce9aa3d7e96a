"""The public API, version 1: typed, OpenAPI 3.1 at /api/v1/openapi.json, problems by RFC 9457."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from liti.api.auth import ClientToken, as_client
from liti.api.docs import Described
from liti.api.ledger_calls import router as ledger_router
from liti.api.partner_calls import router as partner_router
from liti.api.reading import StrictParser, words
from liti.core import entrance
from liti.core.errors import LitiError

PLACES_MAX = 100

api = NinjaAPI(
    title="Liti",
    version="1",
    description="An open direct bank. Amounts are integers in minor units.",
    auth=ClientToken(),
    urls_namespace="api-v1",
    parser=StrictParser(),
    docs=Described(),
)
api.add_decorator(as_client)
api.add_router("/partner", partner_router)
api.add_router("/ledger", ledger_router)


def problem(
    request: HttpRequest, status: int, code: str, title: str, **more: object
) -> HttpResponse:
    """An RFC 9457 answer."""
    body = {
        "type": f"urn:liti:problem:{code}",
        "title": title,
        "status": status,
        "code": code,
        "instance": request.path,
        **more,
    }
    return JsonResponse(body, status=status, content_type="application/problem+json")


@api.exception_handler(LitiError)
def refused(request: HttpRequest, error: LitiError) -> HttpResponse:
    """A refusal of the domain."""
    answer = JsonResponse(
        error.as_problem(request.path),
        status=error.status,
        content_type="application/problem+json",
    )
    if retry_after := error.data.get("retry_after"):
        answer["Retry-After"] = str(retry_after)
    return answer


def shown_place(parts: Iterable[object]) -> str:
    """Where in the request something stands: body.batch.transfers.0.amount_minor."""
    return ".".join(entrance.shown(part) for part in parts)


@api.exception_handler(ValidationError)
def malformed(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """A body or parameter that does not fit the schema: each place is named."""
    places = [
        {"at": shown_place(e.get("loc", ())), "message": words(e)}
        for e in error.errors[:PLACES_MAX]
    ]
    title = _("The request does not fit the schema.")
    return problem(request, 422, "api.malformed", title, data={"errors": places})


@api.exception_handler(AuthenticationError)
def unauthenticated(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """No token, or one that is not valid any more."""
    title = _("A valid access token is needed.")
    detail = _("Get one from /o/token/ by client credentials.")
    answer = problem(request, 401, "api.unauthenticated", title, detail=detail)
    answer["WWW-Authenticate"] = 'Bearer realm="liti"'
    return answer


@api.exception_handler(HttpError)
def http_error(request: HttpRequest, error: HttpError) -> HttpResponse:
    """What the framework refuses by itself; a body that can't be read says why."""
    if isinstance(error.__cause__, LitiError):
        return refused(request, error.__cause__)
    phrase = HTTPStatus(error.status_code).phrase
    return problem(request, error.status_code, "api.http", phrase, detail=str(error))


@csrf_exempt
def nothing_here(request: HttpRequest, rest: str) -> HttpResponse:
    """An address that no call has."""
    return problem(request, 404, "api.unknown_call", _("There is no such call."))


urlpatterns = [path("", api.urls), path("<path:rest>", nothing_here)]
