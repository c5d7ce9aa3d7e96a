"""The customer in the round: one page from all rooms, masked unless unmasking is logged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from liti.accounts import queries as accounts
from liti.accounts.queries import AccountView
from liti.console.access import CUSTOMERS, LEDGER, MARKET, UNMASK, may, staff_page
from liti.console.keys import as_uuid
from liti.console.months import month_labels
from liti.console.opening import opens
from liti.console.resources import Fact
from liti.core import audit
from liti.core.errors import InvalidInput
from liti.core.texts import language, local
from liti.groups import queries as groups
from liti.insight import queries as insight
from liti.lending import queries as lending
from liti.market import queries as market
from liti.outreach import queries as outreach
from liti.parties import queries as parties
from liti.ui import charts, figures
from liti.ui.charts import Node, Series
from liti.ui.figure import Figure, line_figure
from liti.ui.labels import label_of
from liti.wealth import queries as wealth

MONTHS = 12
ENTRIES_PER_ACCOUNT = 12
TIMELINE_SHOWN = 24
ACCESSES_SHOWN = 8
REASON_MIN = 5
SEXES = {"M": "male", "F": "female"}


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of the timeline."""

    on: date
    kind: str
    title: str
    note: str
    amount_minor: int | None = None
    origin: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class ProductLine:
    """One line of the list of products."""

    title: str
    note: str
    kind: str
    since: date | None
    state: str
    amount_minor: int | None
    href: str = ""
    thing: str = ""
    key: str = ""


@staff_page(CUSTOMERS)
def customer(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The page, masked. Opening it is a reading of the customer and leaves a trace; the same
    view in another language or theme (`reading` in the address) is no second one."""
    reading = as_uuid(said) if (said := request.GET.get("reading", "")) else None
    ids = parties.ids_of(party_id)
    if reading and audit.own_reading(reading, "party", ids):
        shown = parties.revealed(party_id, reading) if may(UNMASK) else None
        return _shown(request, context_of(party_id, shown=shown), reading)
    audit.record_access("party", party_id, "customer_page", [])
    return _shown(request, context_of(party_id))


def _shown(
    request: HttpRequest, context: dict[str, Any], reading: UUID | None = None
) -> HttpResponse:
    """The page, with the address under which it is the same view once more."""
    party = context["party"]
    newest = None if reading else audit.own_reading(None, "party", parties.ids_of(party.id))
    view = reading or (newest.id if newest else None)
    here = reverse("console:customer", args=[party.id])
    context["view_address"] = f"{here}?reading={view}" if view else here
    return render(request, "console/customer.html", context)


@require_POST
@staff_page(UNMASK)
def unmask(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The page with personal data in clear, for a reason that is kept."""
    reason = request.POST.get("reason", "").strip()
    if len(reason) < REASON_MIN:
        raise InvalidInput(
            "console.no_reason",
            _("Say why you need the full data."),
            remedy=_("Write at least %(count)d characters.") % {"count": REASON_MIN},
        )
    return _shown(request, context_of(party_id, shown=parties.reveal(party_id, reason)))


def context_of(party_id: UUID, *, shown: parties.PartyView | None = None) -> dict[str, Any]:
    """Everything that the page shows, room by room; `shown`: personal data in clear."""
    reveal = shown is not None
    party = shown or parties.party(party_id)
    party_id = party.id
    held = accounts.accounts_of(party_id)
    stage = groups.stage_of(party_id)
    return {
        "party": party,
        "name": party.name if reveal else party.name_masked,
        "facts": facts_of(party, reveal=reveal),
        "products": products_of(party_id, held),
        "revealed": reveal,
        "may_unmask": may(UNMASK) and not reveal,
        "may_order": opens(reverse("console:order", args=[party_id])),
        "sources": parties.sources_of(party_id),
        "accounts": [a for a in held if a.allows(accounts.Right.INVEST)],
        "tier": insight.tier_of(party_id),
        "trend": trend_figure(party_id),
        "timeline": timeline(party_id, [a for a in held if a.allows(accounts.Right.OWN)]),
        "stage": stage,
        "segments": segments(party_id),
        "diagnoses": groups.diagnoses_of(party_id),
        "next_best": outreach.next_best_action(party_id),
        "consents": parties.consents_of(party_id),
        "team": parties.service_team(party_id),
        "graph": relation_graph(party_id, str(party.name_masked)),
        "accesses": audit.accesses("party", parties.ids_of(party_id), ACCESSES_SHOWN),
    }


def facts_of(party: parties.PartyView, *, reveal: bool) -> list[Fact]:
    """Who it is; each value with the source it was taken from."""
    clear = [party.id_number, party.mobile, party.email, party.address]
    masked = [
        party.id_number_masked,
        party.mobile_masked,
        party.email_masked,
        party.address_masked,
    ]
    number, mobile, email, address = clear if reveal else masked
    taken = party.provenance
    return [
        Fact(_("ID number"), number, "mono", _source(taken, "id_number")),
        Fact(_("Mobile"), mobile, "mono", _source(taken, "mobile")),
        Fact(_("E-mail"), email, "text", _source(taken, "email")),
        Fact(_("Birth date"), party.birth_date, "date", _source(taken, "birth_date")),
        Fact(_("Sex"), SEXES.get(party.sex, ""), "label", _source(taken, "sex")),
        Fact(_("Address"), address, "text", _source(taken, "address")),
    ]


def _source(provenance: Mapping[str, Any], field: str) -> str:
    found = provenance.get(field)
    code = found.get("source") if isinstance(found, Mapping) else found
    return _("from %(source)s") % {"source": label_of(code)} if code else ""


def products_of(party_id: UUID, held: Sequence[AccountView]) -> list[ProductLine]:
    """Accounts, funds, loans and cards in one list."""
    books = may(LEDGER)
    lines = [
        ProductLine(
            a.number, label_of(a.role), _("Account, class %(name)s") % {"name": a.account_class},
            a.opened_on, a.status, a.balance_minor if a.allows(accounts.Right.OWN) else None,
            reverse("console:account", args=[a.id]) if books else "",
            "customer_accounts", str(a.id),
        )
        for a in held
    ]  # fmt: skip
    lines += [
        ProductLine(
            local(h), h.fund_code, _("Fund"), h.last_income_on,
            "active", h.value_minor,
        )
        for h in wealth.holdings_of(party_id)
    ]  # fmt: skip
    lines += [
        ProductLine(
            c.number, _("%(count)d months") % {"count": c.months}, _("Loan"), c.signed_on,
            f"loan.{c.status}", c.outstanding_minor,
        )
        for c in lending.contracts_of(party_id)
    ]  # fmt: skip
    lines += [
        ProductLine(c.reference, c.kind, _("Card"), c.issued_on, "active", None)
        for c in accounts.issued_cards(party_id)
    ]
    lines += [
        ProductLine(
            card.pan_masked, card.issuer, _("Bound card"), card.bound_on,
            f"card.{card.status}", None, thing="cards", key=str(card.id),
        )
        for account in held
        for card in accounts.cards_of(account.id)
    ]  # fmt: skip
    return lines


def segments(party_id: UUID) -> list[groups.SegmentView]:
    """The customer's segments with their names."""
    codes = {m.segment_code for m in groups.segments_of(party_id)}
    return [s for s in groups.segments() if s.code in codes]


def trend_figure(party_id: UUID) -> Figure:
    """Money in, out and the balance at month's end."""
    months = insight.trend(party_id, MONTHS)
    if not any(m.in_minor or m.out_minor or m.end_balance_minor for m in months):
        months = []
    return line_figure(
        _("Cash flow"),
        _("Month"),
        month_labels([m.month for m in months]),
        [
            Series(_("In"), [m.in_minor for m in months], 1),
            Series(_("Out"), [m.out_minor for m in months], 3),
            Series(_("Balance at the end"), [m.end_balance_minor for m in months], 2),
        ],
        show=lambda v: figures.money(int(v)),
        axis=lambda v: figures.money_short(int(v), language()),
    )


def timeline(party_id: UUID, held: list[AccountView]) -> list[Happening]:
    """Entries of the customer's own accounts, orders and contacts, newest first."""
    orders = may(MARKET)
    found = [
        Happening(
            entry.booked_on, "entry", label_of(entry.kind),
            account.number, entry.change_minor, entry.origin,
        )
        for account in held
        for entry in accounts.entries_of(account.id, limit=ENTRIES_PER_ACCOUNT)
    ]  # fmt: skip
    found += [
        Happening(
            o.booked_on, "order", local(o, "product"),
            f"{label_of(o.side)} · {label_of(o.status)} · {label_of(o.channel)}", o.amount_minor,
            href=reverse("console:detail", args=["orders", o.id]) if orders else "",
        )
        for o in market.orders_of(party_id, limit=TIMELINE_SHOWN)
    ]  # fmt: skip
    found += [
        Happening(
            c.on, "contact", _("Contact: %(product)s") % {"product": c.product_code},
            " · ".join(label_of(w) for w in (c.channel, c.department, c.response) if w),
        )
        for c in outreach.contacts_of(party_id, limit=TIMELINE_SHOWN)
    ]  # fmt: skip
    return sorted(found, key=lambda h: h.on, reverse=True)[:TIMELINE_SHOWN]


def relation_graph(party_id: UUID, name: str) -> str:
    """The star of relations; empty without any."""
    related = [r for r in parties.relations_of(party_id) if r.valid_to is None]
    if not related:
        return ""
    nodes = [
        Node(
            r.other_name,
            r.label,
            5 if r.other_kind == "organisation" else 2,
            reverse("console:customer", args=[r.other_id]),
        )
        for r in related
    ]
    return charts.relations(_("Relations"), figures.initials(name), nodes)
