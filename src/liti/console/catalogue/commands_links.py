"""What is done about who belongs with whom: links recorded with their paper, and ended."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import RELATIONS, customer_name, fixed
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.core.clock import business_date
from liti.parties import queries as parties
from liti.parties import services
from liti.ui.figures import basis_points

LINKS = "links"


def _page(party_id: Any) -> str:
    return reverse("console:relations", args=[party_id])


def _relating(arguments: dict[str, Any]) -> Summary:
    words = {
        "one": customer_name(arguments["from_party"]),
        "other": customer_name(arguments["to_party"]),
        "kind": str(dict(RELATIONS)[arguments["kind"]]),
    }
    text = gettext("%(one)s – %(kind)s – %(other)s") % words
    share = arguments.get("share_bp")
    return Summary(effects=[f"{text} · {basis_points(share)}" if share else text])


def _ending(arguments: dict[str, Any]) -> Summary:
    from_party, found = parties.relation(arguments["relation_id"])
    return Summary(
        [
            Fact(_("Customer"), customer_name(from_party)),
            Fact(_("Relation"), dict(RELATIONS)[found.kind]),
            Fact(_("To the customer"), found.other_name),
            Fact(_("Since"), found.valid_from, "date"),
        ],
        [_("It stays on file as ended; a department’s file does not bring it back.")],
    )


register(
    Command(
        "relate",
        services.relate,
        _("Record a relation"),
        "customers",
        order=31,
        fills=lambda key: {"from_party": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={
            "kind": Input(
                _("Relation"),
                choices=fixed(RELATIONS),
                help=_("What this customer is of the other: “shareholder” of the enterprise."),
            ),
            "to_party": Input(_("To the customer"), reference="party"),
            "valid_from": Input(_("Since"), high=business_date, initial=lambda _f: business_date()),
            "basis": Input(
                _("Paper"),
                required=False,
                help=_("Needed of owners, guarantors and guardians: the paper with its number."),
            ),
            "share_bp": Input(
                _("Share, in basis points"),
                required=False,
                low=lambda: 1,
                high=lambda: 10_000,
                help=_("Of owners only: 2,500 is a quarter."),
            ),
        },
        preview=_relating,
        back=lambda key: _page(key),
        result=lambda arguments, _id: _page(arguments["from_party"]),
        message=_("The relation is on file."),
    ),
    Command(
        "end-relation",
        services.end_relation,
        _("End the relation"),
        LINKS,
        fills=lambda key: {"relation_id": as_uuid(key)},
        subject=lambda key: customer_name(parties.relation(as_uuid(key))[0]),
        offered=lambda key: parties.relation(as_uuid(key))[1].valid_to is None,
        inputs={
            "on": Input(_("Last day"), high=business_date, initial=lambda _f: business_date()),
            "basis": Input(_("Paper"), help=_("What says so: the paper with its number.")),
        },
        preview=_ending,
        back=lambda key: _page(parties.relation(as_uuid(key))[0]),
        result=lambda arguments, _none: _page(parties.relation(arguments["relation_id"])[0]),
        message=_("The relation is ended."),
        danger=True,
    ),
)
