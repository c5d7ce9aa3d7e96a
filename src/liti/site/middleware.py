"""What wraps every request: who acts, the admin's own policy, refusals shown as such."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from liti.core import staff
from liti.core.context import NOBODY, Actor, acting
from liti.core.errors import LitiError
from liti.core.ids import uuid7
from liti.core.models import User
from liti.core.outage import is_outage
from liti.partners import queries as partners
from liti.site.edges import refused
from liti.site.outage import unavailable

GetResponse = Callable[[HttpRequest], HttpResponse]


def admin_content_security_policy(get_response: GetResponse) -> GetResponse:
    """The admin's theme needs a looser policy; no other page gets it."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.path.startswith("/admin/"):
            response._csp_config = settings.ADMIN_CSP  # type: ignore[attr-defined]  # Django's own hook
        return response

    return middleware


def nothing_stored(get_response: GetResponse) -> GetResponse:
    """No browser, proxy or back button keeps an answer: each is somebody's, whatever page or
    call it is (RFC 9111, 5.2.2.5). Static files are served before this; what may be kept by
    everybody says so itself (`public`)."""

    def middleware(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        said = response.get("Cache-Control", "")
        if "no-store" not in said and "public" not in said:
            response["Cache-Control"] = "no-store, private"
        return response

    return middleware


def acting_user(get_response: GetResponse) -> GetResponse:
    """Set the actor for the trail; a signed-in user's language follows him."""

    def middleware(request: HttpRequest) -> HttpResponse:
        with acting(actor_of(request)):
            return get_response(request)

    return middleware


def actor_of(request: HttpRequest) -> Actor:
    """The actor behind a request. A call of the API says later who it is (api/auth.py)."""
    user, request_id = request.user, str(uuid7())
    if not isinstance(user, User):
        return replace(NOBODY, request_id=request_id)
    known = Actor(kind=user.kind, label=user.username, id=user.id, request_id=request_id)
    if user.kind == User.Kind.CUSTOMER:
        return replace(known, party_id=user.party_id)
    if user.kind == User.Kind.PARTNER:
        given = partners.developer_scopes(user.partner_id) if user.partner_id else ()
        return replace(known, kind="client", partner_id=user.partner_id, scopes=frozenset(given))
    return replace(staff.actor_of(user), request_id=request_id)


def refusals(get_response: GetResponse) -> GetResponse:
    """A LitiError that no view caught becomes a page with message and remedy, or a problem; a
    database that is away becomes 503."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return get_response(request)

        def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
            if is_outage(error):
                return unavailable(error)
            if not isinstance(error, LitiError):
                return None
            page = refused(request, error)
            if request.headers.get("HX-Request"):  # a live part says why where it stands
                page["Liti-Refusal"] = quote(str(error))
            return page

    return Middleware()
