"""The theme switch for readers without script; the script does the same without a reload."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

YEAR_SECONDS = 365 * 24 * 3600
NEXT = {"": "dark", "dark": "light", "light": "dark"}


@require_POST
def switch_theme(request: HttpRequest) -> HttpResponse:
    """Turn to the other theme and go back to the page."""
    target = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}):
        target = "/"
    response = HttpResponseRedirect(target)
    theme = NEXT.get(request.POST.get("theme", ""), "light")
    response.set_cookie("liti_theme", theme, max_age=YEAR_SECONDS, samesite="Lax")
    return response
