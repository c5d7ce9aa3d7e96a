"""Pages of the books: accounts, transfers, trial balance."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.access import LEDGER
from liti.console.keys import as_uuid
from liti.console.resources import (
    Column,
    Detail,
    Fact,
    Filter,
    Page,
    Panel,
    Query,
    Resource,
    register,
)
from liti.core.texts import local, one_of_two
from liti.ledger import queries as ledger
from liti.ledger.queries import AccountView
from liti.ui.labels import label_of


def account_href(account_id: UUID) -> str:
    """The page of a ledger account."""
    return reverse("console:account", args=[account_id])


def _subjects() -> Sequence[tuple[str, str]]:
    return [(s.code, f"{s.code} {local(s)}") for s in ledger.subjects()]


def _accounts(query: Query) -> Sequence[AccountView]:
    return ledger.accounts(
        gl_code=query.filters.get("gl", ""),
        text=query.text,
        order=query.order,
        offset=query.offset,
        limit=query.limit,
    )


def _count(query: Query, most: int) -> int:
    return ledger.count_accounts(gl_code=query.filters.get("gl", ""), text=query.text, most=most)


def _transfer(key: str) -> Detail:
    found = ledger.transfer(as_uuid(key))
    sides = [
        (_("Debit"), found.debit, found.debit_seq),
        (_("Credit"), found.credit, found.credit_seq),
    ]
    return Detail(
        title=str(label_of(found.kind)),
        subtitle=str(found.id),
        state=found.origin,
        facts=[
            Fact(_("Amount"), found.amount_minor, "money"),
            Fact(_("Booking date"), found.booked_on, "date"),
            Fact(_("Value date"), found.value_on, "date"),
            Fact(_("Kind"), found.narrative or found.kind, "mono"),
            Fact(_("Written to the books"), found.booked_at, "moment"),
        ],
        panels=[
            Panel(
                title,
                facts=[
                    Fact(
                        _("Account"), side.code or one_of_two(side.name), href=account_href(side.id)
                    ),
                    Fact(_("Name"), one_of_two(side.name)),
                    Fact(_("Subject"), side.gl_code, "mono"),
                    Fact(_("Line in the account"), seq, "number"),
                    Fact(_("Amount"), found.amount_minor, "money"),
                    Fact(_("Balance now"), side.balance_minor, "money"),
                ],
                width=6,
            )
            for title, side, seq in sides
        ],
    )


register(
    Resource(
        name="accounts",
        title=_("Ledger accounts"),
        group="books",
        icon="book",
        roles=LEDGER,
        order=60,
        about=_("Every account of the books, the customers’ and the bank’s own."),
        search=_("Number or name"),
        filters=[Filter("gl", _("All subjects"), _subjects)],
        columns=[
            Column("code", _("Account"), value=lambda a: a.code or str(a.id), sorts=True),
            Column("name", _("Name"), value=lambda a: one_of_two(a.name), sorts=True),
            Column("gl_code", _("Subject"), "mono", sorts=True),
            Column("entry_count", _("Entries"), "number", sorts=True),
            Column("balance_minor", _("Balance"), "money", sorts=True),
            Column("status", _("State"), "badge", sorts=True),
        ],
        fetch=_accounts,
        total=_count,
        link=lambda a: account_href(a.id),
        empty=_("No accounts yet"),
        hint=_("They are opened when a department’s file or a customer comes in."),
    ),
    Resource(
        name="transfers",
        title=_("Transfers"),
        group="books",
        icon="transfer",
        roles=LEDGER,
        columns=[],
        parent="accounts",
        detail=_transfer,
        in_menu=False,
    ),
    Page(
        "trial-balance", _("Trial balance"), "books", "scale", LEDGER, "console:trial_balance", 61
    ),
)
