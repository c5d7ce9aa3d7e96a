"""One delivery of an event: why it failed, try it again, or give it up with a reason."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.console.access import staff_page
from liti.console.catalogue.events import behind, payload
from liti.core import delivery
from liti.core.authority import may
from liti.core.delivery.letters import READS
from liti.core.doors import door
from liti.core.errors import LitiError


@require_http_methods(["GET", "POST"])
@staff_page(READS)
@door("core.give_up_delivery", "core.retry_delivery")
def delivery_page(request: HttpRequest, delivery_id: int) -> HttpResponse:
    """The page; POST decides, and a refusal is shown with what was typed."""
    refusal = None
    reason = request.POST.get("reason", "")
    if request.method == "POST":
        try:
            if request.POST.get("decision") == "retry":
                delivery.retry_delivery(delivery_id)
                words = _("It is tried again now.")
            else:
                delivery.give_up_delivery(delivery_id, reason)
                words = _("Given up; what waited behind it goes on.")
        except LitiError as error:
            refusal = error
        else:
            messages.success(request, words)
            return redirect("console:list", "deliveries")
    found = delivery.delivery(delivery_id)
    context = {
        "delivery": found,
        "behind": behind(found),
        "payload": payload(found),
        "may_decide": may(delivery.retry_delivery),
        "refusal": refusal,
        "reason": reason,
    }
    status = refusal.status if refusal else 200
    return render(request, "console/delivery.html", context, status=status)
