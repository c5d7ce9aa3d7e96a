"""What the partners room registers with the kernel: where customers' mandates are kept, and
what keeps a partner from being ended."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core.authority import register_mandates
from liti.core.texts import local
from liti.core.vetoes import Pairs, Reason, veto, veto_pairs
from liti.market import queries as market
from liti.partners.mandates import lacking
from liti.partners.models import Mandate

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


@veto_pairs("parties.merge")
def mandate_taken_back(pairs: Pairs) -> Iterable[Reason]:
    """A partner whom one of the two trusts and the other refused would get both accounts."""
    rows = Mandate.objects.filter(party_id__in={*pairs, *pairs.values()})
    words: dict[UUID, dict[tuple[UUID, str], Mandate]] = {}
    for row in rows.select_related("partner").order_by("granted_at", "id"):
        words.setdefault(row.party_id, {})[row.partner_id, row.scope] = row
    for was, heir in sorted(pairs.items()):
        mine, theirs = words.get(was, {}), words.get(heir, {})
        for what in sorted(mine.keys() & theirs.keys()):
            if (mine[what].withdrawn_at is None) != (theirs[what].withdrawn_at is None):
                partner = local(mine[what].partner)
                yield Reason(
                    was,
                    "partners.mandate_withdrawn",
                    _("One of the two trusts partner %(name)s, the other took his word back.")
                    % {"name": partner},
                    _("Let the customer say in both sign-ins whether the partner may order."),
                )
