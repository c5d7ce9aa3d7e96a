"""What the end of a day does to accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.utils.translation import gettext_lazy as _

from liti.accounts import charging, queries
from liti.core.steps import Chunk, day_figures, day_step


@day_step("accounts.fees", title=_("Account fees"))
def fees(on: date, cursor: str) -> Chunk:
    return charging.charge_fees(on, cursor)


@day_step("accounts.interest", title=_("Interest on accounts"), after=("accounts.fees",))
def interest(on: date, cursor: str) -> Chunk:
    return charging.pay_interest(on, cursor)


@day_figures
def figures(on: date) -> Mapping[str, int]:
    """Open accounts and what they hold at the end of the day."""
    return {"accounts.open": queries.count(), "accounts.deposits_minor": queries.deposits_minor()}
