"""Who belongs with whom around a customer: persons and enterprises in one picture to walk."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from liti.console.access import CUSTOMERS, staff_page
from liti.core import audit
from liti.parties import queries as parties
from liti.ui import network
from liti.ui.figures import basis_points

CENTRE, ENTERPRISE, PERSON = 1, 5, 2


@staff_page(CUSTOMERS)
def relations(request: HttpRequest, party_id: UUID) -> HttpResponse:
    """The picture, and the same as a list, with what has ended. Looking leaves a trace."""
    party = parties.party(party_id)
    audit.record_access("party", party.id, "relations_page", [])
    found = parties.network(party.id)
    context = {
        "party": party,
        "related": parties.relations_of(party.id),
        "picture": picture(found) if found.edges else "",
        "cut": found.cut,
    }
    return render(request, "console/relations.html", context)


def picture(found: parties.Network) -> str:
    """The network drawn; each node leads to its own picture."""
    names = {n.id: n.name for n in found.nodes}
    spots = [
        network.Spot(
            key=str(n.id),
            name=n.name,
            colour=CENTRE if not n.steps else ENTERPRISE if n.kind == "organisation" else PERSON,
            href=reverse("console:relations", args=[n.id]) if n.steps else "",
            ring=n.steps,
            via=str(n.via or ""),
        )
        for n in found.nodes
    ]
    links = [network.Link(str(e.from_id), str(e.to_id), _says(e, names)) for e in found.edges]
    return network.draw(_("Relations of %(name)s") % {"name": spots[0].name}, spots, links)


def _says(edge: parties.NetworkEdge, names: dict[UUID, str]) -> str:
    words = {"one": names[edge.from_id], "kind": edge.label, "other": names[edge.to_id]}
    text = _("%(one)s – %(kind)s – %(other)s") % words
    return f"{text} · {basis_points(edge.share_bp)}" if edge.share_bp else text
