"""What is done with partner enterprises."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.text import format_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from oauth2_provider.settings import oauth2_settings

from liti.console.catalogue.words import customer_href, customer_name, local
from liti.console.commands import LIST, Command, Input, Shown, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.partners import queries as partners
from liti.partners import services
from liti.partners.services import COLUMNS, BatchReport, ClientSecret, read_members

PROBLEMS_SHOWN = 20


def _page(key: str) -> str:
    return reverse("console:detail", args=["partners", key])


def _list(_key: str = "") -> str:
    return reverse("console:list", args=["partners"])


def _title(key: str) -> str:
    return local(partners.partner(as_uuid(key)))


def _status(key: str) -> str:
    return partners.partner(as_uuid(key)).status


def _facts(partner_id: UUID) -> list[Fact]:
    found = partners.partner(partner_id)
    return [
        Fact(_("Partner"), local(found)),
        Fact(_("State"), found.status, "badge:partner"),
        Fact(_("Members"), found.members, "number"),
    ]


def _saying(*effects: Any) -> Any:
    return lambda arguments: Summary(_facts(arguments["partner_id"]), effects)


def _moved(status: str) -> Any:
    return lambda key: {"partner_id": as_uuid(key), "status": status}


def _partner(key: str) -> dict[str, Any]:
    return {"partner_id": as_uuid(key)}


def _onboard(partner_id: UUID, file: Path, key: str) -> BatchReport:
    return services.onboard_members(partner_id, read_members(file.read_bytes()), key=key)


def _onboarding(arguments: dict[str, Any]) -> Summary:
    rows = read_members(arguments["file"].read_bytes())
    return Summary(
        [*_facts(arguments["partner_id"]), Fact(_("Rows read"), len(rows), "number")],
        [_("Each waits until that person confirms it in the app; nobody is looked up."),
         _("Good rows are kept, bad ones are listed with what is wrong.")],
    )  # fmt: skip


def _onboarded(report: BatchReport) -> Shown:
    return Shown(
        _("The requests wait"),
        gettext("%(accepted)d of %(rows)d requests wait for their persons.")
        % {"accepted": report.accepted, "rows": report.rows},
        [
            Fact(gettext("Row %(row)d") % {"row": p.row}, f"{p.field}: {p.message}")
            for p in report.problems[:PROBLEMS_SHOWN]
        ],
    )


def _clients(filled: Any) -> list[tuple[str, str]]:
    return [(c.client_id, c.client_id) for c in partners.clients(filled["partner_id"])]


def _scopes(_filled: Any) -> list[tuple[str, str]]:
    words: dict[str, Any] = dict(oauth2_settings.SCOPES)
    return [(s, words.get(s, s)) for s in services.SCOPES]


def _propose_client(partner_id: UUID, client_id: str, scopes: Sequence[str]) -> ClientSecret:
    name = partners.partner(partner_id).name_en
    return services.propose_client(client_id, name, scopes, partner_id=partner_id)


def _propose_scopes(partner_id: UUID, client_id: str, scopes: Sequence[str]) -> UUID:
    return services.propose_scopes(client_id, scopes)


def _end_client(partner_id: UUID, client_id: str) -> None:
    services.end_client(client_id)


def _member_of(filled: Any) -> list[tuple[str, str]]:
    found = partners.mandates_of(filled["party_id"])
    return [(str(m.partner_id), local(m, "partner")) for m in found]


def _take_back(party_id: UUID, partner_id: UUID) -> None:
    services.withdraw_mandate(party_id, partner_id)


def _on_party(name: str, function: Any, title: Any, effect: Any, **more: Any) -> Command:
    """A customer's mandate to a partner that he is a member of, as it comes on paper."""
    return Command(
        name,
        function,
        title,
        "customers",
        order=47,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        offered=lambda key: bool(_member_of({"party_id": as_uuid(key)})),
        preview=lambda arguments: Summary(
            [Fact(_("Customer"), customer_name(arguments["party_id"]))], [effect]
        ),
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda arguments, _none: customer_href(arguments["party_id"]),
        **more,
    )


def _moving(
    name: str, title: Any, status: str, beginning: tuple[str, ...], *effects: Any, **more: Any
) -> Command:
    """Where the partner should stand, for a colleague to decide."""
    return Command(
        name,
        services.propose_partner_status,
        title,
        "partners",
        fills=_moved(status),
        subject=_title,
        offered=lambda key: _status(key) in beginning,
        preview=_saying(*effects),
        back=_page,
        approval=True,
        **more,
    )


MEMBER_OF = Input(_("Partner"), choices=_member_of)


def _client_made(made: ClientSecret) -> Shown:
    return Shown(
        _("The client’s new secret"),
        _("The secret is shown this once and kept nowhere: hand it over on a safe way now."),
        [
            Fact(_("Client"), made.client_id, "mono"),
            Fact(_("Secret"), made.client_secret, "mono"),
            Fact(_("Scopes"), ", ".join(made.scopes), "mono"),
        ],
    )


register(
    Command(
        "propose-partner",
        services.propose_partner,
        _("Propose a partner"),
        "partners",
        LIST,
        fills=lambda _key: {"paradigm": "standard"},
        inputs={
            "code": Input(_("Code"), length=40, help=_("Short and lasting, such as “acme”.")),
            "name_zh": Input(_("Name in Chinese"), length=80),
            "name_en": Input(_("Name in English"), length=80),
            "scene": Input(_("Scene"), length=40, help=_("What its people do there.")),
            "party_id": Input(_("The enterprise as a customer"), reference="party"),
        },
        preview=lambda _arguments: Summary(
            effects=[_("It starts as an applicant and can bring nobody in until it is live.")]
        ),
        back=_list,
        message=_("The partner waits for a colleague’s decision."),
        approval=True,
        primary=True,
    ),
    _moving(
        "propose-go-live",
        _("Propose to take it live"),
        "live",
        ("applied", "suspended"),
        _("Its clients may call the API and bring members in at once."),
        order=10,
        primary=True,
    ),
    _moving(
        "propose-partner-end",
        _("Propose to end the partnership"),
        "ended",
        ("applied", "live", "suspended"),
        _("The partnership ends for good."),
        _("Its members stay customers of the bank."),
        order=31,
        danger=True,
    ),
    Command(
        "suspend-partner",
        services.suspend_partner,
        _("Suspend the partnership"),
        "partners",
        order=30,
        fills=_partner,
        subject=_title,
        offered=lambda key: _status(key) == "live",
        preview=_saying(
            _("Its clients bring nobody in and order nothing until it is live again."),
            _("Its members stay customers of the bank."),
        ),
        back=_page,
        result=lambda arguments, _none: _page(str(arguments["partner_id"])),
        message=_("The partner is suspended."),
        danger=True,
    ),
    Command(
        "propose-client",
        services.propose_client,
        _("Ask for an API client"),
        "partners",
        order=20,
        calls=_propose_client,
        fills=_partner,
        subject=_title,
        offered=lambda key: _status(key) != "ended",
        inputs={
            "client_id": Input(
                _("Client"), length=100, help=_("Plain letters, as the program will send it.")
            ),
            "scopes": Input(_("Scopes"), choices=_scopes),
        },
        preview=_saying(
            _("Its secret is shown once, now; it opens nothing before a colleague agrees."),
        ),
        back=_page,
        result=lambda _arguments, made: reverse("console:approval", args=[made.approval_id]),
        shows=_client_made,
        message=_("The client is proposed already; its secret was shown once."),
        approval=True,
    ),
    Command(
        "propose-scopes",
        services.propose_scopes,
        _("Ask for other scopes"),
        "partners",
        order=22,
        calls=_propose_scopes,
        fills=_partner,
        subject=_title,
        offered=lambda key: bool(partners.clients(as_uuid(key))),
        inputs={
            "client_id": Input(_("Client"), choices=_clients),
            "scopes": Input(_("Scopes"), choices=_scopes),
        },
        back=_page,
        approval=True,
    ),
    Command(
        "end-client",
        services.end_client,
        _("End an API client"),
        "partners",
        order=32,
        calls=_end_client,
        fills=_partner,
        subject=_title,
        offered=lambda key: bool(partners.clients(as_uuid(key))),
        inputs={"client_id": Input(_("Client"), choices=_clients)},
        preview=_saying(_("Its tokens and scopes end at once, for good.")),
        back=_page,
        result=lambda arguments, _none: _page(str(arguments["partner_id"])),
        message=_("The client is ended."),
        danger=True,
    ),
    Command(
        "onboard-members",
        services.onboard_members,
        _("Bring members in"),
        "partners",
        order=21,
        calls=_onboard,
        key="key",
        fills=_partner,
        subject=_title,
        offered=lambda key: _status(key) == "live",
        inputs={
            "file": Input(
                _("File"),
                help=format_lazy(
                    "{} {}", _("CSV; the first line names the columns:"), ", ".join(COLUMNS)
                ),
            )
        },
        preview=_onboarding,
        back=_page,
        result=lambda arguments, _report: _page(str(arguments["partner_id"])),
        shows=_onboarded,
        message=_("The requests wait for their persons."),
    ),
    _on_party(
        "withdraw-mandate",
        services.withdraw_mandate,
        _("Record that a mandate ends"),
        _("It holds at once, for the next call of the partner."),
        calls=_take_back,
        inputs={"partner_id": MEMBER_OF},
        message=_("The mandate is withdrawn."),
        danger=True,
    ),
)
