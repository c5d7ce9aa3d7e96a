"""What is done about who is who: service teams, hand-overs, relations, consents, files."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import (
    CHANNELS,
    DEPARTMENTS,
    PURPOSES,
    ROLES,
    customer_href,
    customer_name,
    fixed,
    labelled,
)
from liti.console.commands import LIST, Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core.clock import business_date
from liti.core.context import current_actor
from liti.parties import queries as parties
from liti.parties import services
from liti.parties.services import NewConsent, NewPerson
from liti.ui.labels import label_of

SERVICE, CONSENTS = "service", "consents"
BACK_DAYS = 31
CONSENT_CHANNELS = (*CHANNELS, "email", "any")
TO_POOL = "pool"


def _party(key: str) -> dict[str, Any]:
    return {"party_id": as_uuid(key)}


def _party_page(key: str) -> str:
    return customer_href(as_uuid(key))


def _party_title(key: str) -> str:
    return customer_name(as_uuid(key))


def _to_party(arguments: Mapping[str, Any], _result: Any) -> str:
    return customer_href(arguments["party_id"])


def _lately() -> date:
    return business_date() - timedelta(days=BACK_DAYS)


def _day(title: Any) -> Input:
    return Input(title, low=_lately, high=business_date, initial=lambda _f: business_date())


def _assigning(arguments: dict[str, Any]) -> Summary:
    effects = []
    if arguments["role"] in ("lead_rm", "central_pool"):
        leads = parties.service_leads([arguments["party_id"]])
        staff, department = leads.get(arguments["party_id"], ("", ""))
        if department:
            effects.append(
                gettext("%(who)s leads this customer until then and no longer afterwards.")
                % {"who": f"{staff or gettext('The central team')} ({label_of(department)})"}
            )
    return Summary([Fact(_("Customer"), customer_name(arguments["party_id"]))], effects)


def _assignment(key: str) -> tuple[UUID, parties.ServiceView]:
    return parties.assignment(as_uuid(key))


def _ending(arguments: dict[str, Any]) -> Summary:
    party_id, found = parties.assignment(arguments["assignment_id"])
    effects = []
    if found.role in ("lead_rm", "central_pool"):
        effects.append(_("The central team leads the customer from that day on."))
    return Summary(
        [
            Fact(_("Customer"), customer_name(party_id)),
            Fact(_("Role"), found.label),
            Fact(_("Person"), found.staff_code or "—", "mono"),
            Fact(_("Department"), found.department, "label"),
        ],
        effects,
    )


def _hand_over(from_staff: str, to: str, to_staff: str, department: str, reason: str) -> Any:
    """To a successor, or to the central team, which needs no name."""
    if to == TO_POOL:
        return services.hand_over(from_staff, reason=reason)
    return services.hand_over(from_staff, to_staff or "", department or "", reason)


def _handing_over(arguments: dict[str, Any]) -> Summary:
    served = next(
        (s for s in parties.serving_staff(arguments["from_staff"])
         if s.staff_code == arguments["from_staff"]), None,
    )  # fmt: skip
    led, tasks = (served.led, served.tasks - served.led) if served else (0, 0)
    pool = arguments["to"] == TO_POOL
    heir = gettext("The central team") if pool else arguments.get("to_staff") or "—"
    effects = [
        ngettext(
            "%(heir)s leads %(count)s customer from today on.",
            "%(heir)s leads %(count)s customers from today on.",
            led,
        )
        % {"heir": heir, "count": f"{led:,}"}
    ]
    if tasks:
        text = (
            ngettext("%(count)s other task ends.", "%(count)s other tasks end.", tasks)
            if pool
            else ngettext(
                "%(count)s other task goes with them.",
                "%(count)s other tasks go with them.",
                tasks,
            )
        )
        effects.append(text % {"count": f"{tasks:,}"})
    return Summary(effects=effects)


def _grant(party_id: UUID, purpose: str, channel: str, evidence: str, recipient: str) -> int:
    """One word of consent given on paper; the paper's number is the evidence."""
    return services.grant_consents(
        [NewConsent(party_id, purpose, channel, True, f"paper:{evidence}", recipient)]
    )


def _withdraw(party_id: UUID, purpose: str, channel: str, evidence: str, recipient: str) -> None:
    services.withdraw_consent(party_id, purpose, channel, recipient, f"paper:{evidence}")


def _consenting(arguments: dict[str, Any]) -> Summary:
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["party_id"]))],
        [_("Every department may use it from now on, within the contact policy.")],
    )


def _withdrawing(arguments: dict[str, Any]) -> Summary:
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["party_id"]))],
        [_("It holds at once: planned contacts on this channel drop out.")],
    )


CONSENT_INPUTS = {
    "purpose": Input(_("Purpose"), choices=fixed(PURPOSES)),
    "channel": Input(_("Channel"), choices=labelled(CONSENT_CHANNELS)),
    "recipient": Input(
        _("Who may use it"), choices=fixed([("bank", _("This bank"))]), initial=lambda _f: "bank"
    ),
    "evidence": Input(_("Number of the paper"), length=60, help=_("Where the paper is filed.")),
}


def _register(person: NewPerson) -> UUID:
    return services.register_person(person)


def _registering(arguments: dict[str, Any]) -> Summary:
    return Summary(effects=[
        _("A person whose ID number is known stays the same customer; else a new one is made."),
    ])  # fmt: skip


register(
    Command(
        "register-person",
        services.register_person,
        _("Register a person"),
        "customers",
        LIST,
        order=10,
        calls=_register,
        inputs={
            "name": Input(_("Name"), length=80),
            "id_number": Input(_("ID number"), length=20),
            "mobile": Input(_("Mobile"), length=20),
            "email": Input(_("E-mail"), length=120),
            "address": Input(_("Address"), length=200),
        },
        preview=_registering,
        back=lambda _key: reverse("console:list", args=["customers"]),
        result=lambda _arguments, party_id: customer_href(party_id),
        message=_("The customer is on file."),
    ),
    Command(
        "assign-service",
        services.assign_service,
        _("Assign somebody"),
        "customers",
        order=30,
        fills=_party,
        subject=_party_title,
        inputs={
            "role": Input(_("Role"), choices=fixed(ROLES)),
            "staff_code": Input(
                _("Person"),
                kind="reference",
                reference="staff",
                required=False,
                help=_("The central team needs no name."),
            ),
            "department": Input(
                _("Department"),
                choices=labelled(DEPARTMENTS),
                initial=lambda _f: current_actor().department,
            ),
            "valid_from": _day(_("From")),
        },
        preview=_assigning,
        back=_party_page,
        result=_to_party,
        message=_("The service team is changed."),
    ),
    Command(
        "end-service",
        services.end_service,
        _("End the service"),
        SERVICE,
        fills=lambda key: {"assignment_id": as_uuid(key)},
        subject=lambda key: customer_name(_assignment(key)[0]),
        offered=lambda key: _assignment(key)[1].role != "central_pool",
        inputs={"on": _day(_("Last day"))},
        preview=_ending,
        back=lambda key: customer_href(_assignment(key)[0]),
        result=lambda arguments, _none: customer_href(
            parties.assignment(arguments["assignment_id"])[0]
        ),
        message=_("The assignment is ended."),
    ),
    Command(
        "hand-over",
        services.hand_over,
        _("Hand over all customers"),
        "managers",
        calls=_hand_over,
        fills=lambda key: {"from_staff": key},
        subject=lambda key: key,
        inputs={
            "to": Input(
                _("To whom"),
                choices=fixed([("staff", _("A successor")), (TO_POOL, _("The central team"))]),
            ),
            "to_staff": Input(_("Successor"), kind="reference", reference="staff", required=False),
            "department": Input(
                _("The successor’s department"), choices=labelled(DEPARTMENTS), required=False
            ),
            "reason": Input(_("Reason"), length=200),
        },
        preview=_handing_over,
        back=lambda key: reverse("console:detail", args=["managers", key]),
        result=lambda _arguments, _report: reverse("console:list", args=["managers"]),
        message=_("The customers are handed over."),
        danger=True,
        primary=False,
    ),
    Command(
        "grant-consent",
        services.grant_consents,
        _("Record consent on paper"),
        "customers",
        order=40,
        calls=_grant,
        fills=_party,
        subject=_party_title,
        inputs=CONSENT_INPUTS,
        preview=_consenting,
        back=_party_page,
        result=_to_party,
        message=_("The consent is on file."),
    ),
    Command(
        "withdraw-consent",
        services.withdraw_consent,
        _("Record a withdrawal on paper"),
        "customers",
        order=41,
        calls=_withdraw,
        fills=_party,
        subject=_party_title,
        inputs=CONSENT_INPUTS,
        preview=_withdrawing,
        back=_party_page,
        result=_to_party,
        message=_("The consent is withdrawn."),
    ),
)
