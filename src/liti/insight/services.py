"""Commands of the data cloud: bring the history out, compute the features of a day."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction

from liti.core.authority import command
from liti.core.roles import roles
from liti.insight import build, export, freshness
from liti.insight.build import FeatureCounts
from liti.insight.export import ExportCounts
from liti.insight.models import StaleParty
from liti.insight.queries import latest_day
from liti.insight.sources import Sources, house_sources

BUILD_STEPS = build.STEPS
STALE_MAX = 10_000


@command(staff=roles("engineer", "data_steward"), system=("insight", "demo", "day"))
def export_history(
    *,
    progress: Callable[[int], None] | None = None,
    sources: Sources | None = None,
    day: date | None = None,
) -> ExportCounts:
    """Entries, accounts and holdings of all customers as Parquet; only changed months.

    Atomic month by month: a broken run leaves whole months and is continued by the next.
    With `day` only its month, where nothing else has changed. `progress` is called with 1 for
    each month written.
    """
    return export.export(sources or house_sources(), progress, day=day)


@command(staff=roles("engineer", "data_steward"), system=("insight", "demo", "day"))
@transaction.atomic
def build_features(
    on: date, *, progress: Callable[[int], None] | None = None, just_exported: bool = False
) -> FeatureCounts:
    """All declared features of all customers on a day, to Parquet and to the look-up tables.

    Accounts are taken as they are now, entries up to and with the day; holdings are today's.
    `progress` is called with 1 for each of BUILD_STEPS. Raises Refused before an export, for a
    day ahead, and where the books have gone on since the export; `just_exported` says that the
    caller has exported and what customers did since belongs to the next time.
    """
    freshness.wait_alone()
    if not just_exported and export.is_there():
        freshness.require_current(on, house_sources())
    return build.build(on, progress)


@command(system=("insight", "groups", "day"))
@transaction.atomic
def refresh_stale() -> list[UUID]:
    """Compute the newest day again for the customers that a merge made old; returns them.

    What changed since the last export is brought out first, as who owns which account stands
    there. Without any features there is nothing to be old, and a full build clears the list.
    """
    rows = StaleParty.objects.select_for_update(skip_locked=True).order_by("since")
    stale = list(rows.values_list("party_id", flat=True)[:STALE_MAX])
    on = latest_day()
    if stale and on is not None:
        export.export(house_sources())
        build.build_few(on, stale)
    StaleParty.objects.filter(party_id__in=stale).delete()
    return stale
