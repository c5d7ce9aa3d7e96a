"""Deciding what a colleague proposed, and taking back what one proposed oneself."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from liti.console.access import APPROVALS, staff_page
from liti.console.resources import href_of
from liti.core import approvals
from liti.core.approvals import Link
from liti.core.doors import door
from liti.core.errors import LitiError

REASON_MAX = 500


@dataclass(frozen=True, slots=True)
class ShownLink:
    """A link of a proposal with its address."""

    label: str
    href: str


@require_http_methods(["GET", "POST"])
@staff_page(APPROVALS)
@door("core.decide", "core.withdraw")
def approval(request: HttpRequest, approval_id: UUID) -> HttpResponse:
    """One proposal in words; POST decides or withdraws it. The maker sees why he can't decide."""
    refusal = None
    reason = request.POST.get("reason", "")[:REASON_MAX]
    if request.method == "POST":
        try:
            words = _act(approval_id, request.POST.get("decision", ""), reason)
        except LitiError as error:
            refusal = error
        else:
            messages.success(request, words)
            return redirect("console:list", "approvals")
    found = approvals.approval(approval_id)
    context = {
        "approval": found,
        "links": _shown(found.change.links),
        "attempts": approvals.attempts(approval_id),
        "own": approvals.is_own(approval_id),
        "stale": approvals.is_stale(approval_id),
        "may_decide": approvals.may_decide(approval_id),
        "refusal": refusal,
        "reason": reason,
    }
    return render(
        request, "console/approval.html", context, status=refusal.status if refusal else 200
    )


def _act(approval_id: UUID, decision: str, reason: str) -> str:
    if decision == "withdraw":
        approvals.withdraw(approval_id, reason)
        return _("Withdrawn.")
    approvals.decide(approval_id, decision == "approve", reason)
    return _("Approved.") if decision == "approve" else _("Rejected.")


def _shown(links: tuple[Link, ...]) -> list[ShownLink]:
    """Those of the links that lead to a page which is there and open to the reader."""
    found = [(link, href_of(link.page, link.key)) for link in links]
    return [ShownLink(link.label, href) for link, href in found if href]
