"""Pages of loans: contracts by state, each with its schedule."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from liti.console.access import CUSTOMERS, LEDGER, may
from liti.console.catalogue.ledger import account_href
from liti.console.catalogue.words import customer_href, customer_name
from liti.console.keys import as_uuid
from liti.console.resources import Column, Detail, Fact, Filter, Panel, Query, Resource, register
from liti.lending import queries as lending
from liti.lending.queries import ContractStatus, ContractView
from liti.ui.labels import label_of


def _loans(query: Query) -> Sequence[ContractView]:
    return lending.contracts(
        query.filters.get("status", ""),
        order=query.order,
        offset=query.offset,
        limit=query.limit,
    )


def _count(query: Query, most: int) -> int:
    return lending.count_contracts(query.filters.get("status", ""), most=most)


def _states() -> list[tuple[str, str]]:
    return [(s.value, label_of(s, "loan")) for s in ContractStatus]


def _loan(key: str) -> Detail:
    found = lending.contract(as_uuid(key))
    simple, compound = lending.annual_rates(found.id)
    facts = [
        Fact(_("Principal"), found.principal_minor, "money"),
        Fact(_("Outstanding"), found.outstanding_minor, "money"),
        Fact(_("Instalment"), found.instalment_minor, "money"),
        Fact(_("Months"), found.months, "number"),
        Fact(_("Signed"), found.signed_on, "date"),
        Fact(_("Annual rate (simple)"), simple, "percent"),
        Fact(_("Annual rate (compound)"), compound, "percent"),
    ]
    if may(CUSTOMERS):
        href = customer_href(found.party_id)
        facts.insert(0, Fact(_("Customer"), customer_name(found.party_id), href=href))
    if may(LEDGER):
        facts.append(
            Fact(_("Ledger account"), found.number, href=account_href(found.loan_account_id))
        )
    return Detail(
        title=found.number,
        state=f"loan.{found.status}",
        facts=facts,
        panels=[
            Panel(
                _("Schedule"),
                columns=[
                    Column("period", pgettext_lazy("instalment", "No."), "number"),
                    Column("due_on", _("Due"), "date"),
                    Column("amount_minor", _("Instalment"), "money"),
                    Column("paid_minor", _("Paid"), "money"),
                ],
                rows=lending.schedule(found.id),
                empty=_("No schedule"),
            )
        ],
    )


register(
    Resource(
        name="loans",
        title=_("Loans"),
        group="books",
        icon="loan",
        roles=CUSTOMERS | LEDGER,
        order=63,
        about=_("Loan contracts by state, with what is still owed."),
        filters=[Filter("status", _("All states"), _states)],
        columns=[
            Column("number", _("Contract number"), "mono", sorts=True),
            Column("signed_on", _("Signed"), "date", sorts=True),
            Column("months", _("Months"), "number", sorts=True),
            Column("principal_minor", _("Principal"), "money", sorts=True),
            Column("instalment_minor", _("Instalment"), "money", sorts=True),
            Column("outstanding_minor", _("Outstanding"), "money"),
            Column("status", _("State"), "badge:loan", sorts=True),
        ],
        fetch=_loans,
        total=_count,
        link=lambda c: reverse("console:detail", args=["loans", c.id]),
        detail=_loan,
        empty=_("No loan yet"),
        hint=_("They come in with the lending department’s file."),
    )
)
