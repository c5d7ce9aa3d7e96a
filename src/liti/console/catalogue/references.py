"""What forms refer to: customers, electronic accounts, who serves, products, partners."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.accounts import queries as accounts
from liti.console.references import HITS, Hit, Reference, register
from liti.core.errors import LitiError
from liti.core.texts import local
from liti.market import queries as market
from liti.parties import queries as parties
from liti.ui import figures
from liti.ui.labels import label_of


def _party(view: parties.PartyView) -> Hit:
    note = " · ".join(w for w in (view.id_number_masked, view.mobile_masked) if w)
    return Hit(str(view.id), view.name_masked, note)


def _parties(text: str) -> Sequence[Hit]:
    return [_party(p) for p in parties.search(text, limit=HITS)]


def _account(view: accounts.AccountView) -> Hit:
    return Hit(str(view.id), view.number, f"{label_of(view.status)} · {view.account_class}")


def _accounts(text: str) -> Sequence[Hit]:
    try:
        return [_account(accounts.find(text))]
    except LitiError:
        return []


def _server(view: parties.StaffView) -> Hit:
    words = {"led": f"{view.led:,}", "where": label_of(view.department)}
    return Hit(view.staff_code, view.staff_code, gettext("%(where)s, leads %(led)s") % words)


def _servers(text: str) -> Sequence[Hit]:
    return [_server(s) for s in parties.serving_staff(text, limit=HITS)]


def _staff(code: str) -> Hit:
    """A staff code counts when somebody is served under it, or as it is typed."""
    found = next((s for s in parties.serving_staff(code) if s.staff_code == code), None)
    return _server(found) if found else Hit(code, code)


def _product(view: market.ProductView) -> Hit:
    return Hit(view.code, local(view), view.code)


def _products(text: str) -> Sequence[Hit]:
    found = [
        p for p in market.shelf() if text.lower() in f"{p.code} {p.name_zh} {p.name_en}".lower()
    ]
    return [_product(p) for p in found[:HITS]]


def account_choices(party_id: UUID) -> list[tuple[str, str]]:
    """The customer's own open accounts, with their balance."""
    return [
        (str(a.id), f"{a.number} · {figures.money(a.balance_minor)}")
        for a in accounts.own_accounts(party_id)
        if a.status == "active"
    ]


register(
    Reference(
        "party",
        _("Whole name, pinyin, ID number or mobile, or its last four digits"),
        _parties,
        lambda key: _party(parties.party(UUID(key))),
    ),
    Reference(
        "account", _("Account number"), _accounts, lambda key: _account(accounts.account(UUID(key)))
    ),
    Reference("staff", _("Staff code"), _servers, _staff, is_id=False),
    Reference(
        "product",
        _("Name or code of a product"),
        _products,
        lambda code: _product(market.product(code)),
        is_id=False,
    ),
)
