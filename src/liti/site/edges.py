"""What enters is looked at once, before any page or call; what leaves /api is a problem by form.

`entrance` refuses text that is no text, foreign encodings and bodies that are too large, for
pages and calls alike. `api_problems` gives what the framework itself answers under /api the
form of RFC 9457, with the headers that it had.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.shortcuts import render
from django.utils.translation import gettext as _

from liti.core import entrance as edge
from liti.core.errors import InvalidInput, LitiError, NotFound, TooLarge, Unsupported

GetResponse = Callable[[HttpRequest], HttpResponse]
API = "/api/"
CALLS = (API, "/o/")  # read by programs
PROBLEM = "application/problem+json"
UTF_8 = {"utf-8", "utf8"}
FORMS = {"application/x-www-form-urlencoded", "multipart/form-data"}
ADDRESS_MAX = 8_000


def refused(request: HttpRequest, error: LitiError) -> HttpResponse:
    """A refusal as the reader can use it: a problem under /api, a page elsewhere."""
    if request.path.startswith(CALLS):
        answer: HttpResponse = JsonResponse(
            error.as_problem(request.path), status=error.status, content_type=PROBLEM
        )
    else:
        answer = render(request, "ui/problem.html", {"error": error}, status=error.status)
    if retry_after := error.data.get("retry_after"):
        answer["Retry-After"] = str(retry_after)
    return answer


def entrance(get_response: GetResponse) -> GetResponse:
    """Nothing that a page or call can't read goes any further."""

    def middleware(request: HttpRequest) -> HttpResponse:
        try:
            check(request)
        except LitiError as error:
            return refused(request, error)
        return get_response(request)

    return middleware


def check(request: HttpRequest) -> None:
    """Raise what is wrong with a request as a refusal that names the place."""
    if not edge.is_text(request.path_info):
        raise NotFound("core.no_such_page", _("There is nothing at this address."))
    query = request.META.get("QUERY_STRING", "")
    if len(request.path_info) + len(query) > ADDRESS_MAX:
        raise TooLarge(
            "core.address_too_long",
            _("The address is too long."),
            remedy=_("At most %(most)d characters.") % {"most": ADDRESS_MAX},
        )
    edge.check_pairs(_headers(request))
    _check_encoding(request)
    try:
        edge.check_pairs(_pairs(request))
    except RequestDataTooBig as error:
        raise _too_large() from error
    except LitiError:
        raise
    except (
        BadRequest,
        MultiPartParserError,
        SuspiciousOperation,
        TooManyFilesSent,
        UnreadablePostError,
        ValueError,
    ) as error:
        raise InvalidInput(
            "core.form_unreadable",
            _("What was sent can't be read."),
            remedy=_("Send the form again."),
        ) from error


def _headers(request: HttpRequest) -> Iterator[tuple[str, str]]:
    for name, value in request.META.items():
        if name.startswith("HTTP_") and isinstance(value, str):
            yield name.removeprefix("HTTP_").replace("_", "-").title(), value
    yield from request.COOKIES.items()


def _pairs(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """All of a form that is text, the names of its files too."""
    for name, values in request.GET.lists():
        yield from ((name, str(value)) for value in values)
    if request.path.startswith(API):
        if _length(request) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise _too_large()
        return  # a call's body is JSON; its own parser reads it
    if request.content_type not in FORMS or request.method != "POST":
        return
    for name, values in request.POST.lists():
        yield from ((name, str(value)) for value in values)
    for name, files in request.FILES.lists():
        yield from ((name, getattr(file, "name", "") or "") for file in files)


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return edge.whole(text, field="Content-Length", low=0) if text.strip() else 0


def _check_encoding(request: HttpRequest) -> None:
    charset = str((request.content_params or {}).get("charset", "utf-8"))
    if charset.lower().strip("\"' ") not in UTF_8:
        raise Unsupported(
            "core.not_utf8",
            _("What was sent is not in UTF-8."),
            remedy=_("Send it in UTF-8."),
            field="Content-Type",
        )


def _too_large() -> TooLarge:
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    return TooLarge(
        "core.body_too_large",
        _("What was sent is too large."),
        remedy=_("At most %(most)d bytes; send it in several parts.") % {"most": most},
    )


CODES = {
    400: "bad_request",
    404: "unknown_call",
    405: "method",
    413: "too_large",
    429: "too_many",
    503: "unavailable",
}


def api_problems(get_response: GetResponse) -> GetResponse:
    """Under /api no answer of 400 and more is anything but a problem document."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not request.path.startswith(API) or response.status_code < 400:
            return response
        if response.get("Content-Type", "").startswith(PROBLEM):
            return response
        return _as_problem(request, response)

    return middleware


def _as_problem(request: HttpRequest, given: HttpResponse) -> HttpResponse:
    status = given.status_code
    code = f"api.{CODES.get(status, 'http')}"
    titles = {
        400: _("The request can't be read."),
        403: _("This is not allowed."),
        404: _("There is no such call."),
        405: _("This call does not know the method %(method)s.")
        % {"method": edge.shown(request.method)},
        413: _("What was sent is too large."),
        429: _("Too many requests; wait a little."),
        503: _("The bank can’t reach its books right now; ask again in a moment."),
    }
    fallback = _("The bank could not answer this request.") if status >= 500 else _phrase(status)
    body = {
        "type": f"urn:liti:problem:{code}",
        "title": titles.get(status, fallback),
        "status": status,
        "code": code,
        "instance": request.path,
    }
    answer = JsonResponse(body, status=status, content_type=PROBLEM)
    for name in ("Allow", "Retry-After", "WWW-Authenticate"):
        if given.has_header(name):
            answer[name] = given[name]
    if status == HTTPStatus.TOO_MANY_REQUESTS and not answer.has_header("Retry-After"):
        answer["Retry-After"] = "60"
    return answer


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return str(status)
