"""API clients: registered and given scopes by one person's proposal and another's decision.

Who proposes a client gets its secret, once; it opens nothing before a second person agreed
that this client, with these scopes, exists. Taking rights away needs one person only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.crypto import get_random_string
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from oauth2_provider.models import AccessToken, Application

from liti.core import approvals
from liti.core.authority import command
from liti.core.clock import now
from liti.core.errors import InvalidInput, NotFound
from liti.core.roles import roles
from liti.partners.models import ApiClient, Partner
from liti.partners.rules import BANK_SCOPES, SCOPES

REGISTER, RESCOPE = "partners.client.register", "partners.client.scopes"
PROPOSES = roles("engineer", "product_manager")
DECIDES = roles("operation_head", "risk_officer")


@dataclass(frozen=True, slots=True)
class ClientSecret:
    """What the client's developer gets, once: the secret can't be read again."""

    client_id: str
    client_secret: str
    scopes: tuple[str, ...]
    approval_id: UUID | None = None


@command(staff=PROPOSES)
@transaction.atomic
def propose_client(
    client_id: str, name: str, scopes: Sequence[str], *, partner_id: UUID | None = None
) -> ClientSecret:
    """Propose a client: a partner's, or without one the bank's own. The secret that is
    answered works when another person has agreed; only its hash is kept.

    Raises InvalidInput for scopes that such a client can't have, or a name that is taken.
    """
    _fitting(scopes, partner_id)
    if not client_id or len(client_id) > 100 or not client_id.isascii():
        raise InvalidInput(
            "partners.client_id",
            _("A client's name has 1 to 100 plain letters."),
            field="client_id",
        )
    if Application.objects.filter(client_id=client_id).exists():
        raise InvalidInput(
            "partners.client_taken",
            _("There is a client %(id)s already.") % {"id": client_id},
            field="client_id",
        )
    secret = get_random_string(40)
    payload = {
        "client_id": client_id,
        "name": name[:80],
        "partner_id": str(partner_id) if partner_id else None,
        "scopes": sorted(scopes),
        "secret_hash": make_password(secret),
    }
    made = approvals.propose(REGISTER, payload, key=client_id)
    return ClientSecret(client_id, secret, tuple(sorted(scopes)), made)


@command(staff=PROPOSES)
@transaction.atomic
def propose_scopes(client_id: str, scopes: Sequence[str]) -> UUID:
    """Propose other scopes for a client; returns the approval's id."""
    row = _client(client_id)
    _fitting(scopes, row.partner_id)
    payload = {"client_id": client_id, "scopes": sorted(scopes)}
    return approvals.propose(RESCOPE, payload, key=client_id)


@command(staff=PROPOSES | DECIDES)
@transaction.atomic
def end_client(client_id: str) -> None:
    """Take a client everything at once: its tokens, its scopes, its way to new ones."""
    row = _client(client_id)
    ApiClient.objects.filter(id=row.id).update(ended_at=now(), scopes=[])
    AccessToken.objects.filter(application__client_id=client_id).delete()


@command(system=("demo",))
@transaction.atomic
def create_client(
    partner_id: UUID | None, *, client_id: str = "", client_secret: str = ""
) -> ClientSecret:
    """Give a partner a client with the scopes of its paradigm, or the bank one with its own:
    for the demonstration. A client that exists under the id gets the new secret."""
    partners = Partner.objects.select_related("paradigm")
    partner = partners.filter(id=partner_id).first() if partner_id else None
    scopes = [s for s in partner.paradigm.scopes if s in SCOPES] if partner else [*BANK_SCOPES]
    name = partner.code if partner else "bank"
    client_id = client_id or f"{name}-{get_random_string(12).lower()}"
    secret = client_secret or get_random_string(40)
    _write(client_id, name, partner_id, scopes, make_password(secret))
    return ClientSecret(client_id, secret, tuple(scopes))


def _describe_new(payload: approvals.Payload) -> approvals.Change:
    partners = Partner.objects.filter(id=payload["partner_id"])
    partner = partners.first() if payload["partner_id"] else None
    whose = partner.name_en if partner else _("the bank itself")
    return approvals.Change(
        _("Client %(id)s of %(whose)s") % {"id": payload["client_id"], "whose": whose},
        (approvals.Line(_("Scopes"), "", ", ".join(payload["scopes"])),),
        reach=_("Whoever proposes it holds its secret."),
    )


@approvals.approval_kind(
    REGISTER,
    title=cast(str, gettext_lazy("New API client")),
    propose=PROPOSES,
    decide=DECIDES,
    describe=_describe_new,
)
def _register(payload: approvals.Payload) -> None:
    partner_id = UUID(payload["partner_id"]) if payload["partner_id"] else None
    _fitting(payload["scopes"], partner_id)
    _write(
        payload["client_id"], payload["name"], partner_id, payload["scopes"],
        payload["secret_hash"],
    )  # fmt: skip


def _describe_scopes(payload: approvals.Payload) -> approvals.Change:
    row = _client(payload["client_id"])
    return approvals.Change(
        _("Scopes of client %(id)s") % {"id": row.client_id},
        (approvals.Line(_("Scopes"), ", ".join(row.scopes), ", ".join(payload["scopes"])),),
    )


@approvals.approval_kind(
    RESCOPE,
    title=cast(str, gettext_lazy("Scopes of an API client")),
    propose=PROPOSES,
    decide=DECIDES,
    describe=_describe_scopes,
    basis=lambda payload: sorted(_client(payload["client_id"]).scopes),
)
def _rescope(payload: approvals.Payload) -> None:
    row = _client(payload["client_id"])
    _fitting(payload["scopes"], row.partner_id)
    ApiClient.objects.filter(id=row.id).update(scopes=payload["scopes"])


def _write(
    client_id: str, name: str, partner_id: UUID | None, scopes: Sequence[str], secret_hash: str
) -> None:
    Application.objects.update_or_create(
        client_id=client_id,
        defaults={
            "name": name,
            "client_type": Application.CLIENT_CONFIDENTIAL,
            "authorization_grant_type": Application.GRANT_CLIENT_CREDENTIALS,
            "client_secret": secret_hash,  # a hash is kept as it is
            "hash_client_secret": True,
        },
    )
    ApiClient.objects.update_or_create(
        client_id=client_id,
        defaults={
            "partner_id": partner_id, "name": name, "scopes": list(scopes), "ended_at": None,
        },
    )  # fmt: skip


def _fitting(scopes: Sequence[str], partner_id: UUID | None) -> None:
    allowed: Sequence[str] = BANK_SCOPES
    if partner_id is not None:
        partner = Partner.objects.select_related("paradigm").filter(id=partner_id).first()
        if partner is None:
            raise NotFound("partners.unknown_partner", _("There is no such partner."))
        allowed = [s for s in partner.paradigm.scopes if s in SCOPES]
    if not scopes or set(scopes) - set(allowed):
        raise InvalidInput(
            "partners.scopes",
            _("Such a client may have: %(scopes)s.") % {"scopes": ", ".join(allowed)},
            field="scopes",
        )


def _client(client_id: str) -> ApiClient:
    row = ApiClient.objects.select_for_update(of=("self",)).filter(client_id=client_id).first()
    if row is None or row.ended_at is not None:
        raise NotFound(
            "partners.unknown_client", _("There is no client %(id)s.") % {"id": client_id}
        )
    return row
