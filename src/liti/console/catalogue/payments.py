"""Pages of payments: what waits for the clearing house's word, and asking for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.accounts import queries as accounts
from liti.console.access import LEDGER, SERVICE
from liti.console.catalogue.words import customer_href, customer_name
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Query, Resource
from liti.console.resources import register as register_pages
from liti.payments import queries as payments
from liti.payments import services
from liti.payments.queries import PaymentView
from liti.ui import figures

ROWS_MAX = 500
UNDECIDED = ("initiated", "sent", "unknown")


def _waiting(_query: Query) -> Sequence[PaymentView]:
    return payments.undecided(ROWS_MAX)


def _page(key: str) -> str:
    return reverse("console:detail", args=["payments", key])


def _facts(found: PaymentView) -> list[Fact]:
    held = accounts.account(found.account_id)
    return [
        Fact(_("Customer"), customer_name(held.party_id)),
        Fact(_("Account"), held.number, "mono"),
        Fact(_("Direction"), found.direction, "label"),
        Fact(_("Amount"), found.amount_minor, "money"),
        Fact(_("Begun"), found.initiated_at, "moment"),
        Fact(_("Decided"), found.decided_at, "moment"),
        Fact(_("Reason"), found.reason_code, "mono"),
        Fact(_("Reference of the clearing house"), found.clearing_reference, "mono"),
    ]


def _payment(key: str) -> Detail:
    found = payments.payment(as_uuid(key))
    return Detail(
        title=accounts.account(found.account_id).number,
        subtitle=str(found.id),
        state=found.status,
        facts=_facts(found),
    )


def _resolving(arguments: dict[str, Any]) -> Summary:
    found = payments.payment(arguments["payment_id"])
    return Summary(
        _facts(found),
        [_("The clearing house is asked; nothing is guessed."),
         _("What it has never seen is sent again under the same id, which makes it one payment.")],
    )  # fmt: skip


register_pages(
    Resource(
        name="payments",
        title=_("Payments that wait"),
        group="books",
        icon="card",
        roles=LEDGER | SERVICE,
        order=62,
        about=_("Payments whose outcome the clearing house has not told yet, oldest first."),
        columns=[
            Column("initiated_at", _("Begun"), "moment"),
            Column("direction", _("Direction"), "label"),
            Column("amount_minor", _("Amount"), "money"),
            Column("status", _("State"), "badge:payment"),
        ],
        whole=_waiting,
        link=lambda p: reverse("console:detail", args=["payments", p.id]),
        detail=_payment,
        empty=_("No payment waits"),
        hint=_("The house asks by itself every minute."),
    )
)


def _standing(filled: Any) -> list[tuple[str, str]]:
    return [
        (
            o.reference,
            f"{o.reference} · {o.bank_to} {o.account_to} · {figures.money(o.amount_minor)}",
        )
        for a in accounts.accounts_of(filled["party_id"])
        for o in payments.standing_orders_of(a.id)
    ]


def _end(party_id: UUID, reference: str) -> None:
    services.end_standing_order(reference)


register(
    Command(
        "end-standing-order",
        services.end_standing_order,
        _("End a standing order"),
        "customers",
        order=46,
        calls=_end,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        offered=lambda key: bool(_standing({"party_id": as_uuid(key)})),
        inputs={"reference": Input(_("Standing order"), choices=_standing)},
        preview=lambda arguments: Summary(
            [Fact(_("Customer"), customer_name(arguments["party_id"]))],
            [_("Nothing more is paid by it from the business date on.")],
        ),
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda arguments, _none: customer_href(arguments["party_id"]),
        message=_("The standing order is ended."),
    ),
    Command(
        "resolve-payment",
        services.resolve,
        _("Ask the clearing house"),
        "payments",
        fills=lambda key: {"payment_id": as_uuid(key)},
        subject=lambda key: accounts.account(payments.payment(as_uuid(key)).account_id).number,
        offered=lambda key: payments.payment(as_uuid(key)).status in UNDECIDED,
        preview=_resolving,
        back=_page,
        result=lambda arguments, _found: _page(str(arguments["payment_id"])),
        message=_("The clearing house was asked; its answer is on this page."),
        joined=False,
        primary=True,
    ),
)
