"""Deciding what a colleague proposed."""

from __future__ import annotations

import json
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.console.access import APPROVALS, DECIDE, may, require, staff_page
from liti.core import approvals
from liti.core.context import current_actor
from liti.core.errors import LitiError


@require_http_methods(["GET", "POST"])
@staff_page(APPROVALS)
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One proposal; POST decides it. The maker sees why he can't."""
    refusal = None
    reason = request.POST.get("reason", "")[:500]
    if request.method == "POST":
        require(DECIDE)
        agree = request.POST.get("decision") == "approve"
        try:
            approvals.decide(approval_id, agree, reason)
        except LitiError as error:
            refusal = error
        else:
            messages.success(request, _("Approved.") if agree else _("Rejected."))
            return redirect("console:list", "approvals")
    found = approvals.approval(approval_id)
    context = {
        "approval": found,
        "payload": json.dumps(found.payload, ensure_ascii=False, indent=2),
        "own": found.maker == current_actor().label,
        "may_decide": may(DECIDE),
        "refusal": refusal,
        "reason": reason,
    }
    return render(
        request, "console/approval.html", context, status=refusal.status if refusal else 200
    )
