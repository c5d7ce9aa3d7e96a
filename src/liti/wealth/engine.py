"""The sweep as an engine of the marketplace: the product's terms name the fund."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from django.utils.translation import gettext as _

from liti.core import params
from liti.core.clock import business_date
from liti.core.engines import Answer, Ordered, Outcome, Quote, Terms
from liti.core.errors import InvalidInput, Refused
from liti.wealth import services
from liti.wealth.dating import confirmed_on
from liti.wealth.models import Fund, Holding, Movement


class SweepEngine:
    """Money-market funds. Shares bought are in transit until the fund confirms them (T+1);
    the money is with the fund from the start, and a sale pays at once (T+0)."""

    code = "wealth.sweep"
    over_the_wire = False
    asks_at_once = 1_000

    def check_terms(self, terms: Terms) -> None:
        """`{"fund": code}`, of a fund that is on file here."""
        if set(terms) != {"fund"} or not Fund.objects.filter(code=terms["fund"]).exists():
            raise InvalidInput(
                "wealth.bad_terms",
                _("The terms of a sweep product name one fund that is on file."),
                remedy=_("For example: %(terms)s") % {"terms": '{"fund": "LTYEB1"}'},
            )

    def quote(self, order: Ordered) -> Quote:
        """T+1 for a purchase, at once for a sale. Raises Refused below the least amount."""
        if order.side == "sell":
            return Quote(order.amount_minor, 0, order.booked_on, order.booked_on)
        if order.amount_minor < params.get("wealth.subscribe.min_minor", on=order.booked_on):
            raise Refused(
                "wealth.below_minimum", _("The amount is below the smallest subscription.")
            )
        day = confirmed_on(order.booked_on)
        return Quote(order.amount_minor, 0, day, day)

    def place(self, order: Ordered) -> Answer:
        """Buy: money to the pool, shares in transit. Sell: shares gone, money to clearing."""
        if order.side == "sell":
            services.redeem(
                order.id,
                order.account_id,
                order.amount_minor,
                order.booked_on,
                party_id=order.party_id,
                fund_code=order.terms["fund"],
                paid_to=order.clearing_account_id,
            )
            return Answer(
                Outcome.IN_POSITION,
                filled_minor=order.amount_minor,
                settles_on=order.booked_on,
                moved_minor=order.amount_minor,
            )
        bought = services.subscribe(
            order.id,
            order.account_id,
            order.amount_minor,
            order.booked_on,
            party_id=order.party_id,
            fund_code=order.terms["fund"],
            paid_from=order.clearing_account_id,
        )
        return Answer(
            Outcome.ACCEPTED,
            confirms_on=bought.confirmed_on,
            settles_on=bought.confirmed_on,
            moved_minor=-order.amount_minor,
        )

    def cancel(self, order: Ordered) -> Answer:
        """The whole of it while the shares are in transit. Raises Refused when confirmed."""
        services.cancel_subscription(order.id, business_date(), paid_to=order.clearing_account_id)
        return Answer(Outcome.CANCELLED, moved_minor=order.amount_minor)

    def status(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        """Confirmed from the day on which the fund confirms the shares."""
        days = dict(
            Movement.objects.filter(
                order_id__in=[order.id for order in orders], kind="subscribe"
            ).values_list("order_id", "confirmed_on")
        )
        return [_confirmed(days.get(order.id), order, on) for order in orders]

    def settle(self, orders: Sequence[Ordered], on: date) -> Sequence[Answer]:
        """The money is in the pool since the purchase, and confirmed shares are the position."""
        return [Answer(Outcome.IN_POSITION, filled_minor=order.amount_minor) for order in orders]

    def settlement_account(self, terms: Terms) -> UUID | None:
        """None: the pool and the shares move together, in this room."""
        return None

    def held(self, terms: Terms) -> int:
        """Customers with shares of the fund."""
        rows = Holding.objects.filter(fund__code=terms["fund"], shares_minor__gt=0)
        return rows.values("party_id").distinct().count()


def _confirmed(day: date | None, order: Ordered, on: date) -> Answer:
    if day is None:
        return Answer(Outcome.NEVER_SEEN)
    if day > on:
        return Answer(Outcome.ACCEPTED, confirms_on=day, settles_on=day)
    return Answer(Outcome.CONFIRMED, filled_minor=order.amount_minor, settles_on=day)
