"""What the partners room registers with the kernel: where customers' mandates are kept, and
what keeps a partner from being ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.authority import register_mandates
from liti.core.vetoes import Reason, veto
from liti.market import queries as market
from liti.partners.mandates import lacking

register_mandates(lacking)


@veto("partners.end")
def orders_under_way(partner_ids: Collection[UUID]) -> Iterable[Reason]:
    """What a partner brought is finished, and its share paid, before it goes."""
    for partner_id, count in market.under_way_through(partner_ids).items():
        yield Reason(
            partner_id,
            "partners.orders_under_way",
            _("%(count)d orders that it brought are not settled yet.") % {"count": count},
            _("Suspend the partner, and end it when they are settled."),
        )
