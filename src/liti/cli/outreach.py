"""The day's contact plan: compute it, put it up for release, send what is due."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import click
from django.utils.translation import gettext as _
from rich.table import Table

from liti.cli.entering import DAY
from liti.cli.progress import console
from liti.core.clock import business_date
from liti.core.doors import door
from liti.core.errors import InvalidInput, NotFound, Refused
from liti.insight import queries as insight
from liti.outreach import queries, services


@click.group()
def outreach() -> None:
    """Outreach: one contact plan a day for the whole bank."""


@outreach.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
@door("outreach.plan_day")
def plan(on: datetime | None) -> None:
    """Compute the plan of a day; a plan that waits for release or is released stays."""
    day = on.date() if on else business_date()
    _require_fresh(day)
    with console.status("weighing every offer for every customer"):
        report = services.plan_day(day)
    console.print(
        f"{report.on} {report.status}: {report.planned:,} contacts of {report.people:,} customers "
        f"({report.candidates:,} candidates)"
    )
    if report.blocked:
        table = Table("left in peace because", "candidates")
        for reason, count in sorted(report.blocked.items(), key=lambda b: -b[1]):
            table.add_row(queries.reason_label(reason), f"{count:,}")
        console.print(table)


@outreach.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
@door("outreach.propose_release")
def propose(on: datetime | None) -> None:
    """Put a drafted plan before a second person, who releases it in the console."""
    day = on.date() if on else business_date()
    found = queries.plan(day)
    if found is None:
        raise NotFound(
            "outreach.no_plan", f"There is no plan of {day}.", remedy="Compute it first."
        )
    console.print(
        f"{day}: waiting for a second person, approval {services.propose_release(found.id)}"
    )


@outreach.command()
@click.option("--on", type=DAY, help="Day; default: business date.")
@door("outreach.send_due")
def send(on: datetime | None) -> None:
    """Send the released plan's messages, unless it is quiet hours."""
    day, today = on.date() if on else business_date(), business_date()
    if day != today:
        raise InvalidInput(
            "outreach.not_today",
            _("The plan of %(on)s is not sent on %(today)s: it is of another day.")
            % {"on": day, "today": today},
            remedy=_("Send the plan of the business date."),
        )
    plan = queries.plan(day)
    if plan is None or plan.status != "released":
        raise NotFound(
            "outreach.no_released_plan",
            _("There is no released plan of %(on)s.") % {"on": day},
            remedy=_("Compute it, put it up for release and have it released first."),
        )
    console.print(f"{services.send_due(day):,} messages sent")


@outreach.command()
def offers() -> None:
    """Offers that hold today."""
    table = Table("code", "product", "department", "segments", "channels", "name")
    for offer in queries.offers():
        table.add_row(
            offer.code,
            offer.product_code,
            offer.department,
            ", ".join(offer.segments),
            ", ".join(offer.channels),
            f"{offer.name_zh} / {offer.name_en}",
        )
    console.print(table)


def _require_fresh(day: date) -> None:
    """A plan is made from what was known at the end of the day before, or later."""
    known, today = insight.latest_day(), business_date()
    if day >= today and known is not None and known >= day - timedelta(days=1):
        return
    raise Refused(
        "outreach.stale_features",
        _("A plan of %(on)s needs features of the day before; the newest are of %(known)s.")
        % {"on": day, "known": known or _("no day")}
        if day >= today
        else _("%(on)s is over; the business date is %(today)s.") % {"on": day, "today": today},
        remedy=_("Close the days up to it, or run `liti insight features --export`.")
        if day >= today
        else _("Plan the business date or the next day."),
    )
