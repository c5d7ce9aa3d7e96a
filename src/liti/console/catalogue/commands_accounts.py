"""What is done with accounts and bound cards, from the customer's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.accounts import queries as accounts
from liti.accounts import services
from liti.console.catalogue.words import customer_href, customer_name
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core import vetoes
from liti.core.context import current_actor
from liti.core.roles import roles
from liti.ui import figures

ACCOUNTS, CARDS = "customer_accounts", "cards"
CLASSES = (("II", _("Class II")), ("III", _("Class III")), ("enterprise", _("Enterprise account")))


def _account_of(key: str) -> accounts.AccountView:
    return accounts.account(as_uuid(key))


def _card_of(key: str) -> accounts.CardView:
    return accounts.bound_card(as_uuid(key))


def _account_page(key: str) -> str:
    return customer_href(_account_of(key).party_id)


def _card_page(key: str) -> str:
    return customer_href(accounts.account(_card_of(key).account_id).party_id)


def _owner(arguments: Mapping[str, Any], _result: Any) -> str:
    return customer_href(accounts.account(arguments["account_id"]).party_id)


def _card_owner(arguments: Mapping[str, Any], _result: Any) -> str:
    return _card_page(str(arguments["card_id"]))


def _account_title(key: str) -> str:
    found = _account_of(key)
    return f"{found.number} · {customer_name(found.party_id)}"


def _card_title(key: str) -> str:
    card = _card_of(key)
    owner = accounts.account(card.account_id).party_id
    return f"{card.pan_masked} {card.issuer} · {customer_name(owner)}"


def _account_facts(found: accounts.AccountView) -> list[Fact]:
    return [
        Fact(_("Account"), found.number, "mono"),
        Fact(_("Customer"), customer_name(found.party_id)),
        Fact(_("Balance"), found.balance_minor, "money"),
        Fact(_("State"), found.status, "badge"),
    ]


def _freezing(arguments: dict[str, Any]) -> Summary:
    found = accounts.account(arguments["account_id"])
    return Summary(
        _account_facts(found),
        [_("No money goes out of the account until it is released."),
         _("Payments under way are decided as the clearing house says.")],
        vetoes.reasons("accounts.freeze", [found.id]),
    )  # fmt: skip


def _releasing(arguments: dict[str, Any]) -> Summary:
    found = accounts.account(arguments["account_id"])
    facts = [
        Fact(
            _("Frozen"),
            f"{f.by} · {_('Risk') if f.kind == 'risk' else _('Customer')} · {f.reason}",
        )
        for f in accounts.freezes_of(found.id)
    ]
    return Summary([*_account_facts(found), *facts], [_("The account can be used again at once.")])


def _may_freeze(key: str) -> bool:
    """Risk may freeze on its own account what only a customer's stop has frozen."""
    found = _account_of(key)
    if found.status != "frozen":
        return found.status == "active"
    kinds = {f.kind for f in accounts.freezes_of(found.id)}
    return kinds == {"customer"} and bool(current_actor().roles & RISK)


REASON = Input(_("Reason"), length=300, rows=3, required=True)
RISK = roles("risk_officer", "operation_head")


def _closing(arguments: dict[str, Any]) -> Summary:
    found = accounts.account(arguments["account_id"])
    return Summary(
        _account_facts(found),
        [_("The account is closed for good; its entries stay readable.")],
        vetoes.reasons("accounts.close", [found.id]),
    )


def _moved(status: str) -> Any:
    def fills(key: str) -> dict[str, Any]:
        return {"account_id": as_uuid(key), "status": status}

    return fills


def _card_moved(status: str) -> Any:
    def fills(key: str) -> dict[str, Any]:
        return {"card_id": as_uuid(key), "status": status}

    return fills


def _card_facts(card_id: UUID) -> list[Fact]:
    card = accounts.bound_card(card_id)
    held = accounts.account(card.account_id)
    return [
        Fact(_("Card"), card.pan_masked, "mono"),
        Fact(_("Bank"), card.issuer),
        Fact(_("Account"), held.number, "mono"),
        Fact(_("Balance"), held.balance_minor, "money"),
    ]


def _unbinding(arguments: dict[str, Any]) -> Summary:
    card = accounts.bound_card(arguments["card_id"])
    effects = [gettext("Nothing can be paid in from this card or out to it any more.")]
    heirs = [c for c in accounts.bound_cards(card.account_id) if c.id != card.id]
    if card.is_default and heirs:
        effects.append(
            gettext("Payments go by card %(card)s from now on.") % {"card": heirs[0].pan_masked}
        )
    return Summary(_card_facts(card.id), effects, vetoes.reasons("cards.unbind", [card.id]))


def _suspending(arguments: dict[str, Any]) -> Summary:
    effects = [_("Payments by this card are refused until it is revived.")]
    return Summary(_card_facts(arguments["card_id"]), effects)


def _reviving(arguments: dict[str, Any]) -> Summary:
    return Summary(_card_facts(arguments["card_id"]), [_("The card can be used again at once.")])


def _defaulting(arguments: dict[str, Any]) -> Summary:
    return Summary(_card_facts(arguments["card_id"]), [_("Payments go by this card first.")])


def _opening(arguments: dict[str, Any]) -> Summary:
    mine = accounts.accounts_of(arguments["party_id"])
    effects = [gettext("An account is opened at once, with nothing on it.")]
    if mine:
        effects.append(
            gettext("The customer has these already: %(accounts)s.")
            % {"accounts": ", ".join(f"{a.number} ({a.account_class})" for a in mine)}
        )
    return Summary([Fact(_("Customer"), customer_name(arguments["party_id"]))], effects)


def _binding(arguments: dict[str, Any]) -> Summary:
    found = accounts.account(arguments["account_id"])
    digits = "".join(c for c in arguments["pan"] if c.isdigit())
    return Summary(
        _account_facts(found),
        [gettext("The card that ends with %(tail)s is bound; its full number is not kept.")
         % {"tail": figures.tail(digits)}],
    )  # fmt: skip


register(
    Command(
        "open-account",
        services.open_account,
        _("Open an account"),
        "customers",
        order=21,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={"account_class": Input(_("Class"), choices=lambda _f: CLASSES)},
        preview=_opening,
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda arguments, _id: customer_href(arguments["party_id"]),
        message=_("The account is open."),
    ),
    Command(
        "freeze-account",
        services.move_account,
        _("Freeze the account"),
        ACCOUNTS,
        order=31,
        fills=_moved("frozen"),
        subject=_account_title,
        offered=_may_freeze,
        inputs={"reason": REASON},
        preview=_freezing,
        back=_account_page,
        result=_owner,
        message=_("The account is frozen."),
        danger=True,
    ),
    Command(
        "release-account",
        services.move_account,
        _("Let it be used again"),
        ACCOUNTS,
        order=32,
        fills=_moved("active"),
        subject=_account_title,
        offered=lambda key: _account_of(key).status in ("frozen", "dormant"),
        inputs={"reason": REASON},
        preview=_releasing,
        back=_account_page,
        result=_owner,
        message=_("The account can be used again."),
    ),
    Command(
        "close-account",
        services.move_account,
        _("Close the account"),
        ACCOUNTS,
        order=33,
        fills=_moved("closed"),
        subject=_account_title,
        offered=lambda key: _account_of(key).status in ("active", "dormant"),
        preview=_closing,
        back=_account_page,
        result=_owner,
        message=_("The account is closed."),
        danger=True,
    ),
    Command(
        "bind-card",
        services.bind_card,
        _("Bind a card"),
        ACCOUNTS,
        order=30,
        fills=lambda key: {"account_id": as_uuid(key)},
        subject=_account_title,
        offered=lambda key: _account_of(key).status == "active",
        inputs={
            "pan": Input(_("Card number"), length=30, help=_("As it stands on the card.")),
            "holder_name": Input(_("Name on the card"), length=80),
            "is_default": Input(_("Payments go by this card first")),
        },
        preview=_binding,
        back=_account_page,
        result=_owner,
        message=_("The card is bound."),
    ),
    Command(
        "unbind-card",
        services.move_card,
        _("Unbind"),
        CARDS,
        order=33,
        fills=_card_moved("unbound"),
        subject=_card_title,
        preview=_unbinding,
        back=_card_page,
        result=_card_owner,
        message=_("The card is unbound."),
        danger=True,
    ),
    Command(
        "suspend-card",
        services.move_card,
        _("Suspend"),
        CARDS,
        order=32,
        fills=_card_moved("suspended"),
        subject=_card_title,
        offered=lambda key: _card_of(key).status == "active",
        preview=_suspending,
        back=_card_page,
        result=_card_owner,
        message=_("The card is suspended."),
    ),
    Command(
        "revive-card",
        services.move_card,
        _("Revive"),
        CARDS,
        order=31,
        fills=_card_moved("active"),
        subject=_card_title,
        offered=lambda key: _card_of(key).status == "suspended",
        preview=_reviving,
        back=_card_page,
        result=_card_owner,
        message=_("The card can be used again."),
    ),
    Command(
        "default-card",
        services.default_card,
        _("Make it the default"),
        CARDS,
        order=30,
        fills=lambda key: {"card_id": as_uuid(key)},
        subject=_card_title,
        offered=lambda key: (c := _card_of(key)).status == "active" and not c.is_default,
        preview=_defaulting,
        back=_card_page,
        result=_card_owner,
        message=_("Payments go by this card now."),
    ),
)
