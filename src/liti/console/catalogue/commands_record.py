"""What is done about what a customer's record says: a value stated with its paper."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from liti.console.catalogue.words import customer_href, customer_name, fixed
from liti.console.commands import Command, Input, Summary, register
from liti.console.keys import as_uuid
from liti.console.resources import Fact
from liti.parties import services

ATTRIBUTES = (
    ("name", _("Name")),
    ("mobile", _("Mobile")),
    ("email", _("E-mail")),
    ("address", _("Address")),
)


def _correcting(arguments: dict[str, Any]) -> Summary:
    return Summary(
        [Fact(_("Customer"), customer_name(arguments["party_id"]))],
        [
            _("A colleague compares it with the paper first; then the record shows it everywhere."),
            _("What departments deliver stays on file beside it."),
        ],
    )


register(
    Command(
        "propose-correction",
        services.propose_correction,
        _("Correct the record"),
        "customers",
        order=32,
        fills=lambda key: {"party_id": as_uuid(key)},
        subject=lambda key: customer_name(as_uuid(key)),
        inputs={
            "attribute": Input(_("What"), choices=fixed(ATTRIBUTES)),
            "value": Input(_("Correct value"), length=300),
            "evidence": Input(
                _("Shown by"), help=_("The document that was seen, with its number.")
            ),
        },
        preview=_correcting,
        back=lambda key: customer_href(as_uuid(key)),
        approval=True,
    ),
)
