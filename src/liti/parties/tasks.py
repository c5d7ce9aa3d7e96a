"""Matching in the background: it takes a while, and whoever starts it need not wait."""

from __future__ import annotations

from django.db import transaction
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from liti.core.authority import command
from liti.core.clock import now
from liti.core.context import acting, current_actor, job
from liti.core.errors import Conflict
from liti.core.roles import roles
from liti.core.runs import run_step
from liti.parties.matching import match_all


@app.task(queueing_lock="parties.match", lock="parties.match")
def match(on_behalf_of: str, asked_at: str) -> None:
    """Match all records; the run stands in the list of batch runs."""
    with (
        acting(job("parties.match", on_behalf_of)),
        run_step("parties", "match", key=asked_at) as step,
    ):
        if not step.done:
            report = match_all()
            step.counts |= {
                "records": report.records,
                "persons": report.persons,
                "organisations": report.organisations,
                "for_review": report.for_review,
            }


@command(staff=roles("data_steward"))
def start_matching() -> str:
    """Ask for a matching of all records; returns the key of its run.

    Raises Conflict where one waits already.
    """
    asked_at = now().isoformat(timespec="seconds")
    try:
        with transaction.atomic():
            match.defer(on_behalf_of=current_actor().doer, asked_at=asked_at)
    except AlreadyEnqueued as waiting:
        raise Conflict(
            "parties.matching.waits",
            _("A matching waits to be begun already."),
            remedy=_("See the batch runs for how it goes."),
        ) from waiting
    return asked_at
