"""What is done with the day's plan and its contacts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from liti.accounts import queries as accounts
from liti.console.catalogue.references import account_choices
from liti.console.catalogue.words import (
    CHANNELS,
    DEPARTMENTS,
    customer_href,
    customer_name,
    fixed,
    labelled,
    local,
)
from liti.console.commands import LIST, Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.core.texts import money_text
from liti.market import queries as market
from liti.market.queries import PreparedView
from liti.outreach import queries as outreach
from liti.outreach import services
from liti.ui.labels import label_of

PLAN, ITEMS = "plan", "plan_items"
RESPONSES = (
    ("interested", _("Interested")),
    ("bought", _("Bought")),
    ("refused", _("Refused")),
    ("no_answer", _("No answer")),
)
OPEN_ITEMS = ("planned", "sent")


def _plan_page(_key: str = "") -> str:
    return reverse("console:plan")


def _item_title(key: str) -> str:
    found = outreach.plan_item(as_uuid(key))
    return f"{local(found, 'offer')} · {customer_name(found.party_id)}"


def _released(key: str) -> bool:
    found = outreach.plan_item(as_uuid(key))
    plan = outreach.plan(found.on)
    return found.status in OPEN_ITEMS and plan is not None and plan.status == "released"


def _item_facts(item_id: UUID) -> list[Fact]:
    found = outreach.plan_item(item_id)
    return [
        Fact(_("Customer"), customer_name(found.party_id)),
        Fact(_("Offer"), local(found, "offer")),
        Fact(_("Channel"), found.channel, "label"),
    ]


def _responding(arguments: dict[str, Any]) -> Summary:
    effects = {
        "refused": _("This product rests for the customer for as long as the policy says."),
        "interested": _("The contact is closed; accept the offer when the customer buys."),
        "bought": _("The contact is closed as a sale."),
        "no_answer": _("The contact is closed; it counts towards the caps."),
    }
    return Summary(_item_facts(arguments["item_id"]), [effects[arguments["response"]]])


def _accept(item_id: UUID, account_id: UUID, amount_minor: int, key: str) -> PreparedView:
    return services.accept_offer(item_id, account_id, amount_minor, channel="console", key=key)


def _accounts_of_item(arguments: Any) -> list[tuple[str, str]]:
    return account_choices(outreach.plan_item(arguments["item_id"]).party_id)


def _accepting(arguments: dict[str, Any]) -> Summary:
    held = accounts.account(arguments["account_id"])
    words = {"amount": money_text(arguments["amount_minor"]), "account": held.number}
    effects = [
        gettext("An order over %(amount)s from account %(account)s waits for the customer.")
        % words,
        gettext("Nothing moves before the customer confirms it in his app."),
        gettext("Who referred, sold and leads shares in the benefit."),
    ]
    return Summary(_item_facts(arguments["item_id"]), effects)


def _claim(party_id: UUID, product_code: str, channel: str) -> UUID:
    actor = current_actor()
    department = actor.department or DEPARTMENTS[0]
    return services.claim_contact(
        party_id, product_code, channel=channel, department=department, staff_code=actor.label
    )


def _claiming(arguments: dict[str, Any]) -> Summary:
    contacts = outreach.contacts_of(arguments["party_id"], limit=3)
    facts = [Fact(_("Customer"), customer_name(arguments["party_id"]))]
    facts += [Fact(label_of(c.channel), f"{c.product_code} · {c.on.isoformat()}") for c in contacts]
    return Summary(facts, [
        _("The contact of today is yours: no other department may contact the customer today."),
    ])  # fmt: skip


def _products(_filled: Any) -> list[tuple[str, str]]:
    return [(p.code, local(p)) for p in market.shelf()]


def _sending(_arguments: dict[str, Any]) -> Summary:
    plan = outreach.plan()
    ready = plan.by_status.get("planned", 0) if plan else 0
    text = ngettext(
        "%(count)s planned contact is weighed; text and app messages of today go out.",
        "%(count)s planned contacts are weighed; text and app messages of today go out.",
        ready,
    )
    return Summary(effects=[
        text % {"count": f"{ready:,}"},
        _("Nothing goes out in quiet hours; calls wait for their person."),
    ])  # fmt: skip


def _planning(_arguments: dict[str, Any]) -> Summary:
    return Summary(effects=[
        _("The plan is computed anew while it is a draft; a released one stays as it is."),
    ])  # fmt: skip


register(
    Command(
        "record-response",
        services.record_response,
        _("Record the answer"),
        ITEMS,
        fills=lambda key: {"item_id": as_uuid(key)},
        subject=_item_title,
        offered=_released,
        inputs={
            "response": Input(_("Answer"), choices=fixed(RESPONSES)),
            "note": Input(_("Note"), rows=3, length=200),
        },
        preview=_responding,
        back=_plan_page,
        result=lambda _arguments, _none: _plan_page(),
        message=_("The answer is on file."),
    ),
    Command(
        "accept-offer",
        services.accept_offer,
        _("Prepare what the customer accepts"),
        ITEMS,
        calls=_accept,
        key="key",
        fills=lambda key: {"item_id": as_uuid(key)},
        subject=_item_title,
        offered=_released,
        inputs={
            "account_id": Input(_("From the account"), choices=_accounts_of_item),
            "amount_minor": Input(_("Amount in yuan")),
        },
        preview=_accepting,
        back=_plan_page,
        result=lambda _arguments, found: reverse("console:detail", args=["prepared", found.id]),
        message=_("The order waits for the customer in his app."),
    ),
    Command(
        "claim-contact",
        services.claim_contact,
        _("Claim today’s contact"),
        "customers",
        order=45,
        calls=_claim,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={
            "product_code": Input(_("Product"), choices=_products),
            "channel": Input(_("Channel"), choices=labelled(CHANNELS)),
        },
        preview=_claiming,
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda arguments, _id: customer_href(arguments["party_id"]),
        message=_("Today’s contact is yours."),
    ),
    Command(
        "plan-day",
        services.plan_day,
        _("Compute the plan"),
        PLAN,
        LIST,
        inputs={
            "on": Input(
                _("Day"),
                low=business_date,
                high=business_date,
                initial=lambda _f: business_date(),
            )
        },
        preview=_planning,
        back=_plan_page,
        result=lambda _arguments, _report: _plan_page(),
        message=_("The plan is computed."),
    ),
    Command(
        "send-due",
        services.send_due,
        _("Send what is due"),
        PLAN,
        LIST,
        preview=_sending,
        back=_plan_page,
        result=lambda _arguments, _count: _plan_page(),
        message=_("What was due is sent."),
    ),
)
