"""What is done with requests and complaints."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.care import queries as care
from liti.care import services
from liti.console.catalogue.words import customer_href, customer_name, fixed
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core.staff import own_code

REQUESTS = "requests"
WAITING = ("received", "assigned")
STARS = [(n, f"{n} / 5") for n in range(5, 0, -1)]


def _page(key: str) -> str:
    return reverse("console:detail", args=[REQUESTS, key])


def _to(arguments: Any, _result: Any) -> str:
    return _page(str(arguments["request_id"]))


def _fills(key: str) -> dict[str, Any]:
    return {"request_id": as_uuid(key)}


def _title(key: str) -> str:
    found = care.request(as_uuid(key))
    return f"{found.number} · {found.category_label} · {customer_name(found.party_id)}"


def _is(*states: str) -> Any:
    return lambda key: care.request(as_uuid(key)).status in states


def _about(arguments: dict[str, Any], *effects: Any) -> Summary:
    found = care.request(arguments["request_id"])
    return Summary(
        [
            Fact(_("Customer"), customer_name(found.party_id)),
            Fact(_("What is asked"), found.text),
            Fact(_("Answer by"), found.due_on, "date"),
        ],
        effects,
    )


def _open(party_id: UUID, category: str, channel: str, text: str) -> UUID:
    return services.open_request(party_id, category, text, channel=channel)


def _opening(arguments: dict[str, Any]) -> Summary:
    days = care.request_days(arguments["category"])
    words = gettext("It is answered within %(days)d business days.") % {"days": days}
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["party_id"]))],
        [words, _("The customer sees it in the app.")],
    )


def _rate(request_id: UUID, stars: str) -> None:
    services.rate_request(request_id, int(stars))


register(
    Command(
        "open-request",
        services.open_request,
        _("Open a request"),
        "customers",
        order=12,
        calls=_open,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={
            "category": Input(_("Category"), choices=lambda _f: care.request_categories()),
            "channel": Input(_("Came by"), choices=lambda _f: care.request_channels()),
            "text": Input(_("What is asked"), rows=4, length=1000),
        },
        preview=_opening,
        back=lambda key: customer_href(as_uuid(key)),
        result=lambda _arguments, made: _page(str(made)),
        message=_("The request is on file."),
    ),
    Command(
        "assign-request",
        services.assign_request,
        _("Give it to somebody"),
        REQUESTS,
        order=21,
        fills=_fills,
        subject=_title,
        offered=_is(*WAITING),
        inputs={
            "to": Input(
                _("To whom"),
                length=150,
                initial=lambda _f: own_code(),
                help=_("A staff code or user name."),
            )
        },
        preview=lambda a: _about(a),
        back=_page,
        result=_to,
        message=_("The request is given on."),
    ),
    Command(
        "answer-request",
        services.answer_request,
        _("Answer"),
        REQUESTS,
        order=20,
        fills=_fills,
        subject=_title,
        offered=_is(*WAITING),
        inputs={"answer": Input(_("Answer"), rows=5, length=1000)},
        preview=lambda a: _about(a, _("The customer reads the answer in the app.")),
        back=_page,
        result=_to,
        message=_("The request is answered."),
        primary=True,
    ),
    Command(
        "close-request",
        services.close_request,
        _("Close"),
        REQUESTS,
        order=22,
        fills=_fills,
        subject=_title,
        offered=_is(*WAITING, "answered"),
        inputs={"outcome": Input(_("Outcome"), rows=3, length=1000)},
        preview=lambda a: _about(a, _("The customer may reopen it for a while.")),
        back=_page,
        result=_to,
        message=_("The request is closed."),
    ),
    Command(
        "reopen-request",
        services.reopen_request,
        _("Reopen"),
        REQUESTS,
        order=23,
        fills=_fills,
        subject=_title,
        offered=_is("answered", "closed"),
        inputs={"reason": Input(_("Why"), rows=3, length=1000)},
        preview=lambda a: _about(a, _("A new deadline runs from today.")),
        back=_page,
        result=_to,
        message=_("The request is open again."),
    ),
    Command(
        "rate-request",
        services.rate_request,
        _("Record the satisfaction"),
        REQUESTS,
        order=24,
        calls=_rate,
        fills=_fills,
        subject=_title,
        offered=_is("answered", "closed"),
        inputs={"stars": Input(_("Satisfaction"), choices=fixed([(str(n), w) for n, w in STARS]))},
        back=_page,
        result=_to,
        message=_("The satisfaction is on file."),
    ),
)
