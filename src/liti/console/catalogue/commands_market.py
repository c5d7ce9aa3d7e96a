"""What is done with orders and products."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.accounts import queries as accounts
from liti.console.catalogue.words import customer_href, customer_name, local
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core.texts import money_text
from liti.market import queries as market
from liti.market import services
from liti.ui import figures
from liti.wealth import queries as wealth

# From where a purchase goes back whole; what is filled in part does not.
GOES_BACK = ("agreed", "funded", "sent", "confirmed")


def _order_title(key: str) -> str:
    found = market.order(as_uuid(key))
    return f"{local(found, 'product')} · {customer_name(found.party_id)}"


def _order_page(key: str) -> str:
    return reverse("console:detail", args=["orders", key])


def _cancellable(key: str) -> bool:
    found = market.order(as_uuid(key))
    return found.side == "buy" and found.status in GOES_BACK


def _cancelling(arguments: dict[str, Any]) -> Summary:
    found = market.order(arguments["order_id"])
    held = accounts.account(found.account_id)
    words = {"amount": money_text(found.amount_minor), "account": held.number}
    return Summary(
        [
            Fact(_("Customer"), customer_name(found.party_id)),
            Fact(_("Product"), local(found, "product")),
            Fact(_("Amount"), found.amount_minor, "money"),
            Fact(_("Booking date"), found.booked_on, "date"),
            Fact(_("State"), found.status, "badge"),
        ],
        [
            gettext("%(amount)s goes back whole to account %(account)s.") % words,
            gettext("What was shared for this sale is taken back from those who got it."),
        ],
    )


def _sell(
    party_id: UUID, product_code: str, account_id: UUID, amount_minor: int, key: str
) -> market.PreparedView:
    return services.prepare_order(
        party_id, product_code, account_id, amount_minor, side="sell", channel="console", key=key
    )


def _sellable(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    shown = {p.code: local(p) for p in market.shelf() if p.category == "wealth"}
    held = {h.fund_code for h in wealth.holdings_of(arguments["party_id"]) if h.value_minor}
    return [(c, n) for c, n in shown.items() if c in held] or ([*shown.items()] if held else [])


def _paid_to(arguments: Mapping[str, Any]) -> list[tuple[str, str]]:
    held = {h.account_id: h for h in wealth.holdings_of(arguments["party_id"])}
    return [
        (str(id), f"{accounts.account(id).number} · {figures.money(h.redeemable_today_minor)}")
        for id, h in held.items()
        if h.redeemable_today_minor
    ]


def _selling(arguments: dict[str, Any]) -> Summary:
    held = accounts.account(arguments["account_id"])
    words = {"amount": money_text(arguments["amount_minor"]), "account": held.number}
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["party_id"]))],
        [
            gettext("A sale of %(amount)s to account %(account)s waits for the customer.") % words,
            gettext("Nothing moves before the customer confirms it in his app."),
        ],
    )


def _prepared_title(key: str) -> str:
    found = market.prepared_order(as_uuid(key))
    return f"{local(found, 'product')} · {customer_name(found.party_id)}"


def _prepared_page(key: str) -> str:
    return reverse("console:detail", args=["prepared", key])


def _taking_back(arguments: dict[str, Any]) -> Summary:
    found = market.prepared_order(arguments["prepared_id"])
    return Summary(
        [
            Fact(_("Customer"), customer_name(found.party_id)),
            Fact(_("Product"), local(found, "product")),
            Fact(_("Amount"), found.amount_minor, "money"),
        ],
        [gettext("The customer can't confirm it any more.")],
    )


def _product_title(code: str) -> str:
    return f"{local(market.product(code))} · {code}"


def _product_page(code: str) -> str:
    return reverse("console:detail", args=["products", code])


def _moving(effect: Any) -> Any:
    def preview(arguments: dict[str, Any]) -> Summary:
        found = market.product(arguments["code"])
        return Summary(
            [
                Fact(_("Product"), local(found)),
                Fact(_("Supplier"), local(found, "supplier")),
                Fact(_("State"), found.status, "badge:product"),
            ],
            [effect],
        )

    return preview


def _move(name: str, status: str, title: Any, before: tuple[str, ...], effect: Any) -> Command:
    """Three moves of a product, each under its own name."""
    return Command(
        name,
        services.propose_product_status,
        title,
        "products",
        fills=lambda code: {"code": code, "status": status},
        subject=_product_title,
        offered=lambda code: market.product(code).status in before,
        preview=_moving(effect),
        back=_product_page,
        approval=True,
        danger=status != "on_shelf",
    )


register(
    Command(
        "cancel-order",
        services.cancel_order,
        _("Cancel the order"),
        "orders",
        fills=lambda key: {"order_id": as_uuid(key)},
        subject=_order_title,
        offered=_cancellable,
        inputs={"reason": Input(_("Reason"), length=200, help=_("The customer reads it too."))},
        preview=_cancelling,
        back=_order_page,
        result=lambda arguments, _order: _order_page(str(arguments["order_id"])),
        message=_("The order is cancelled."),
        danger=True,
    ),
    Command(
        "prepare-sale",
        services.prepare_order,
        _("Prepare a sale"),
        "customers",
        order=20,
        calls=_sell,
        key="key",
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        offered=lambda key: bool(_paid_to({"party_id": as_uuid(key)})),
        inputs={
            "product_code": Input(_("Product"), choices=_sellable),
            "account_id": Input(_("Account, and what can be sold today"), choices=_paid_to),
            "amount_minor": Input(_("Amount in yuan")),
        },
        preview=_selling,
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda _arguments, found: _prepared_page(str(found.id)),
        message=_("The order waits for the customer in his app."),
    ),
    Command(
        "take-back-prepared",
        services.take_back_prepared,
        _("Take back"),
        "prepared",
        fills=lambda key: {"prepared_id": as_uuid(key)},
        subject=_prepared_title,
        offered=lambda key: market.prepared_order(as_uuid(key)).status == "waiting",
        inputs={"reason": Input(_("Reason"), length=200)},
        preview=_taking_back,
        back=_prepared_page,
        result=lambda arguments, _none: _prepared_page(str(arguments["prepared_id"])),
        message=_("The order is taken back; nothing was moved."),
        danger=True,
    ),
    _move(
        "shelve-product", "on_shelf", _("Put on the shelf"), ("draft", "suspended"),
        _("Customers can buy it at once."),
    ),
    _move(
        "suspend-product", "suspended", _("Suspend the sale"), ("on_shelf",),
        _("Nobody can buy it until it is put on the shelf again; it can still be sold back."),
    ),
    _move(
        "withdraw-product", "withdrawn", _("Withdraw"), ("draft", "on_shelf", "suspended"),
        _("It never comes back to the shelf; what customers hold stays theirs."),
    ),
)  # fmt: skip
