"""What a payment under way forbids: closing its account, unbinding its card."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import Count, Sum
from django.utils.translation import gettext as _

from liti.core.texts import money_text
from liti.core.vetoes import Reason, veto
from liti.payments.models import Payment, StandingOrder
from liti.payments.rules import UNDECIDED


@veto("accounts.close")
def payments_under_way(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """Money that may still arrive, or come back."""
    return _undecided("account_id", account_ids)


@veto("cards.unbind")
def card_in_use(card_ids: Collection[UUID]) -> Iterable[Reason]:
    """A payment by the card whose outcome nobody knows yet."""
    return _undecided("card_id", card_ids)


@veto("accounts.close")
def standing_orders(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """What the customer asked to be paid regularly from the account."""
    rows = StandingOrder.objects.filter(account_id__in=account_ids, ended_on=None)
    for account_id, reference in rows.order_by("account_id", "reference").values_list(
        "account_id", "reference"
    ):
        yield Reason(
            account_id,
            "payments.standing_order",
            _("Standing order %(reference)s pays from the account.") % {"reference": reference},
            _("End the standing order first."),
        )


def _undecided(field: str, ids: Collection[UUID]) -> Iterable[Reason]:
    rows = Payment.objects.filter(**{f"{field}__in": ids}, status__in=UNDECIDED)
    sums = rows.values_list(field).annotate(n=Count("id"), total=Sum("amount_minor"))
    for thing_id, count, total in sums.order_by(field):
        yield Reason(
            thing_id,
            "payments.under_way",
            _("%(count)d payments of %(amount)s together are not decided yet.")
            % {"count": count, "amount": money_text(total, "CNY")},
            _("Wait for the clearing house’s word; it is asked every minute."),
        )
