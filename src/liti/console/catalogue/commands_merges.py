"""Two customers become one, or two again: a steward proposes, another person decides."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import customer_href, customer_name
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.parties import queries as parties
from liti.parties import services


def _merging(arguments: dict[str, Any]) -> Summary:
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["keep"]))],
        [
            _("Everything of the other customer goes to this one, in every room at once."),
            _("It can be taken back row by row."),
        ],
    )


def _came(arguments: Any) -> list[tuple[str, str]]:
    found = parties.unassigned(arguments["merge_id"])
    return [(str(row.id), f"{row.place} {row.key}") for row in found]


def _assign(merge_id: UUID, move_id: str, reason: str) -> None:
    services.assign_row(merge_id, int(move_id), reason)


REASON = Input(_("Reason"), length=300, rows=3)
register(
    Command(
        "merge-parties",
        services.merge_parties,
        _("Merge with another customer"),
        "customers",
        order=50,
        fills=lambda key: {"keep": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={"other": Input(_("The other customer"), reference="party"), "reason": REASON},
        preview=_merging,
        back=lambda key: customer_href(as_uuid(key)),
        approval=True,
    ),
    Command(
        "assign-row",
        services.assign_row,
        _("Give a row to the other customer"),
        "merges",
        calls=_assign,
        fills=lambda key: {"merge_id": as_uuid(key)},
        offered=lambda key: bool(parties.unassigned(as_uuid(key))),
        inputs={"move_id": Input(_("Row"), choices=_came), "reason": REASON},
        preview=lambda _arguments: Summary(
            effects=[_("The row goes to the customer who was parted; the log says who gave it.")]
        ),
        back=lambda key: reverse("console:detail", args=["merges", key]),
        result=lambda arguments, _none: reverse(
            "console:detail", args=["merges", arguments["merge_id"]]
        ),
        message=_("The row is the other customer’s now."),
    ),
    Command(
        "unmerge",
        services.unmerge,
        _("Take the merge back"),
        "merges",
        fills=lambda key: {"merge_id": as_uuid(key)},
        inputs={"reason": REASON},
        preview=lambda _arguments: Summary(effects=[_("Each row that moved goes back.")]),
        back=lambda _key: reverse("console:list", args=["merges"]),
        approval=True,
    ),
)
