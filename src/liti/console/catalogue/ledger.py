"""Pages of the books: accounts, transfers, trial balance."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
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
from liti.core import params
from liti.core.texts import local, one_of_two
from liti.ledger import queries as ledger
from liti.ledger.queries import AccountView, EntryView
from liti.ui.labels import label_of

BATCH = 500


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


def _entries(query: Query) -> Sequence[EntryView]:
    """A page of an account's entries, newest first: their numbers have no gap."""
    newest = ledger.account(as_uuid(query.within)).entry_count
    before = newest - query.offset + 1
    return (
        ledger.entries(as_uuid(query.within), before_seq=before, limit=query.limit)
        if before > 1
        else []
    )


def _all_entries(query: Query) -> Sequence[EntryView] | None:
    """All of them where they are to be sorted or searched, and are not too many for that."""
    most = _at_hand()
    if not (query.order or query.text):
        return None
    found: list[EntryView] = []
    if _count_entries(query, most + 1) > most:
        return None
    while batch := _entries(replace(query, offset=len(found), limit=BATCH)):
        found += batch
    wanted = query.text.casefold()
    return [e for e in found if not wanted or wanted in _words_of(e)]


def _words_of(entry: EntryView) -> str:
    words = (label_of(entry.kind), entry.narrative, one_of_two(entry.counter_name))
    return " ".join(words).casefold()


def _count_entries(query: Query, most: int) -> int:
    return min(ledger.account(as_uuid(query.within)).entry_count, most)


def _at_hand() -> int:
    return int(params.get("core.lists.saved"))


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
            Fact(_("Kind"), found.kind, "label"),
            Fact(_("Narrative"), found.narrative),
            Fact(_("Written to the books"), found.booked_at, "moment"),
        ],
        panels=[
            Panel(
                title,
                facts=[
                    Fact(_("Account"), one_of_two(side.name), href=account_href(side.id)),
                    Fact(_("Code"), side.code or "", "mono"),
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
            Column("name", _("Account"), value=lambda a: one_of_two(a.name), sorts=True),
            Column("code", _("Code"), "mono", value=lambda a: a.code or "", sorts=True),
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
        name="entries",
        title=_("Entries"),
        group="books",
        icon="transfer",
        roles=LEDGER,
        page_size=50,
        search=_("Entry or counter-account"),
        columns=[
            Column("kind", _("Entry"), "label", sorts=True),
            Column("narrative", _("Narrative"), sorts=True),
            Column("booked_on", _("Date"), "date", sorts=True),
            Column(
                "counter_name",
                _("Counter-account"),
                value=lambda e: one_of_two(e.counter_name),
                href=lambda e: account_href(e.counter_account_id),
                sorts=True,
            ),
            Column("origin", _("Origin"), "badge", sorts=True),
            Column("change_minor", _("Amount"), "signed_money", sorts=True),
            Column("balance_after_minor", _("Balance after"), "money", sorts=True),
        ],
        whole=_all_entries,
        fetch=_entries,
        total=_count_entries,
        sorted_most=_at_hand,
        link=lambda e: reverse("console:detail", args=["transfers", e.transfer_id]),
        empty=_("No entries yet"),
        parent="accounts",
        home=lambda key: account_href(as_uuid(key)),
        in_menu=False,
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
