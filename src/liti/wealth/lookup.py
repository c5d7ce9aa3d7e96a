"""Funds and the ids of their transfers, as the room's commands share them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.errors import NotFound
from liti.core.ids import uuid7_at
from liti.wealth.models import Fund


def fund_of(code: str) -> Fund:
    """The fund of that code. Raises NotFound."""
    fund = Fund.objects.filter(code=code).first()
    if fund is None:
        raise NotFound("wealth.unknown_fund", _("There is no fund %(code)s.") % {"code": code})
    return fund


def transfer_id(on: date, kind: str, key: UUID) -> UUID:
    """The same for the same thing, so that the ledger knows it again."""
    return uuid7_at(datetime.combine(on, time(), UTC), "wealth", kind, key)
