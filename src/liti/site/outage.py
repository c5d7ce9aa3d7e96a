"""While the database is away pages and calls say so: 503, and when to ask again.

Nothing here asks the database: the page is rendered without the request, whose user would be
looked up. Under /api `edges.api_problems` gives it the form of a problem.
"""

from __future__ import annotations

import logging
import sys

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.views.defaults import server_error

from liti.core.outage import RETRY_AFTER_S, is_outage

log = logging.getLogger(__name__)
UNAVAILABLE = 503


def unavailable(error: BaseException) -> HttpResponse:
    """The answer while the database is away."""
    log.error("the database can't be reached: %s", str(error).strip().partition("\n")[0])
    page = render_to_string("503.html")
    return HttpResponse(page, status=UNAVAILABLE, headers={"Retry-After": str(RETRY_AFTER_S)})


def broken(request: HttpRequest) -> HttpResponse:
    """What Django answers an error with that nobody caught, in middleware too (handler500)."""
    error = sys.exc_info()[1]
    if error is not None and is_outage(error):
        return unavailable(error)
    return server_error(request)
