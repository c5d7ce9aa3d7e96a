"""What an order under way forbids: closing its account, withdrawing its product."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils.translation import gettext as _

from liti.core import engines
from liti.core.checks import Checked, house_check
from liti.core.money import format_minor
from liti.core.vetoes import Reason, veto
from liti.ledger import queries as ledger
from liti.market import funding
from liti.market.models import Order, Product
from liti.market.rules import UNDER_WAY


@veto("accounts.close")
def orders_under_way(account_ids: Collection[UUID]) -> Iterable[Reason]:
    """Money of an order comes from the account, or returns to it."""
    rows = Order.objects.filter(account_id__in=account_ids, status__in=UNDER_WAY)
    for row in rows.select_related("product").order_by("account_id", "id"):
        yield Reason(
            row.account_id,
            "market.order_under_way",
            _("An order of %(code)s is not settled yet.") % {"code": row.product.code},
            _("Cancel the order, or wait until it is settled."),
        )


@veto("market.withdraw")
def unsettled_orders(product_ids: Collection[UUID]) -> Iterable[Reason]:
    """Orders that are under way are finished first."""
    rows = Order.objects.filter(product_id__in=product_ids, status__in=UNDER_WAY)
    counts = dict(rows.values_list("product_id").annotate(n=Count("id")).order_by())
    for row in Product.objects.filter(id__in=list(counts)).order_by("code"):
        yield Reason(
            row.id,
            "market.order_under_way",
            _("%(count)d orders of %(code)s are not settled yet.")
            % {"count": counts[row.id], "code": row.code},
            _("Suspend the product, and withdraw it when they are settled."),
        )


@veto("market.withdraw")
def held_by_customers(product_ids: Collection[UUID]) -> Iterable[Reason]:
    """What is withdrawn can't be sold back, so nobody may hold it any more."""
    for row in Product.objects.filter(id__in=product_ids, engine__in=engines.registered()):
        engine = engines.engine_of(row.engine)
        terms = row.versions.values_list("engine_terms", flat=True)
        if holders := sum(engine.held(found) for found in _distinct(terms)):
            yield Reason(
                row.id,
                "market.held",
                _("%(count)d customers hold %(code)s.") % {"count": holders, "code": row.code},
                _("Suspend the product; withdraw it when all have sold it back."),
            )


def _distinct(terms: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for given in terms:
        if given and given not in found:
            found.append(given)
    return found


@veto("parties.erase")
def orders_of_the_person(party_ids: Collection[UUID]) -> Iterable[Reason]:
    """Nobody is forgotten who waits for money or a product."""
    rows = Order.objects.filter(party_id__in=party_ids, status__in=UNDER_WAY)
    for row in rows.select_related("product").order_by("party_id", "id"):
        yield Reason(
            row.party_id,
            "market.order_under_way",
            _("An order of %(code)s is not settled yet.") % {"code": row.product.code},
            _("Cancel the order, or wait until it is settled."),
        )


@house_check("market.clearing")
def clearing_holds_what_orders_hold() -> Checked:
    """The clearing account shows the money of orders under way, to the fen."""
    shown, held = ledger.balance(funding.clearing_account()), funding.held_minor()
    summary = f"{format_minor(held)} held for orders under way"
    if shown == held:
        return Checked(summary)
    return Checked(summary, (f"{funding.CLEARING}: shows {format_minor(shown)}",))
