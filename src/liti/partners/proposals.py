"""Partners are registered and moved by proposal: one person asks, another decides.

Only a suspension needs one person's word: it takes away, gives nothing, and can't wait.
"""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core import changes, vetoes
from liti.core.approvals import Link
from liti.core.authority import command
from liti.core.changes import Dated, Field, Key, Values
from liti.core.errors import InvalidInput, NotFound
from liti.core.roles import roles
from liti.core.texts import local
from liti.parties import queries as parties
from liti.partners import standing
from liti.partners.models import Member, Paradigm, Partner
from liti.partners.rules import PARTNER_STATES, PartnerStatus

PROPOSERS = roles("operation_head", "product_manager")
DECIDERS = roles("operation_head", "risk_officer")
LENGTHS = {"name_zh": 80, "name_en": 80, "scene": 40}


@command(staff=PROPOSERS)
@transaction.atomic
def propose_partner(
    code: str,
    name_zh: str,
    name_en: str,
    scene: str,
    paradigm: str = "standard",
    party_id: UUID | None = None,
) -> UUID:
    """Propose an enterprise as a partner, an applicant once another agrees; the approval's id.

    `code` is its short stable name; `party_id` the enterprise as the bank's customer. Raises
    InvalidInput naming the field, NotFound (paradigm, customer).
    """
    given = {
        "name_zh": name_zh.strip(),
        "name_en": name_en.strip(),
        "scene": scene.strip(),
        "paradigm": paradigm,
        "party_id": str(party_id) if party_id else None,
    }
    return changes.propose(PARTNER, {"code": code}, given, None)


@command(staff=PROPOSERS)
@transaction.atomic
def propose_partner_status(partner_id: UUID, status: str) -> UUID:
    """Propose to take a partner live, suspend or end it; returns the approval's id.

    Raises NotFound, Conflict (a move that its states do not allow), Refused
    `partners.end.vetoed` with all reasons.
    """
    code = standing.partner(partner_id).code
    return changes.propose(STATUS, {"code": code}, {"status": status}, None)


def _current(key: Key, _day: date) -> Values | None:
    row = Partner.objects.filter(code=key["code"]).first()
    if row is None:
        return None
    party_id = str(row.party_id) if row.party_id else None
    return {name: getattr(row, name) for name in LENGTHS} | {
        "paradigm": row.paradigm_id, "party_id": party_id,
    }  # fmt: skip


def _check(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    code = key["code"]
    if not code.isascii() or not code.replace("-", "").isalnum() or len(code) > 40:
        raise _wrong("code", _("A code has 1 to 40 letters, digits and hyphens."))
    if Partner.objects.filter(code=code).exists():
        raise _wrong("code", _("Partner %(code)s is there already.") % {"code": code})
    for name, longest in LENGTHS.items():
        if not 0 < len(values[name]) <= longest:
            raise _wrong(name, _("1 to %(count)d characters are needed.") % {"count": longest})
    if not Paradigm.objects.filter(code=values["paradigm"]).exists():
        raise NotFound(
            "partners.unknown_paradigm",
            _("There is no paradigm %(code)s.") % {"code": values["paradigm"]},
        )
    if values["party_id"] and parties.party(UUID(values["party_id"])).kind == "person":
        raise _wrong("party_id", _("A partner is an enterprise, not a person."))


def _write(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    party_id = UUID(values["party_id"]) if values["party_id"] else None
    standing.register_partner(
        standing.NewPartner(**{**values, "code": key["code"], "party_id": party_id})
    )


def _status(key: Key, _day: date) -> Values | None:
    return {"status": _row(key).status}


def _check_status(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    row = _row(key)
    PARTNER_STATES.require(row.status, values["status"])
    if values["status"] == PartnerStatus.ENDED:
        vetoes.require("partners.end", [row.id])


def _write_status(key: Key, values: Values | None, _day: date) -> None:
    assert values is not None
    standing.move_partner(_row(key).id, values["status"])


def _members(key: Key, _values: Values | None, _day: date) -> str:
    count = Member.objects.filter(partner__code=key["code"]).count()
    return _("It has %(count)s members.") % {"count": f"{count:,}"}


def _row(key: Key) -> Partner:
    row = Partner.objects.filter(code=key["code"]).first()
    if row is None:
        raise NotFound("partners.unknown_partner", _("There is no such partner."))
    return row


def _named(key: Key) -> str:
    row = Partner.objects.filter(code=key["code"]).first()
    return f"{local(row)} ({row.code})" if row else key["code"]


def _link(key: Key) -> tuple[Link, ...]:
    row = Partner.objects.filter(code=key["code"]).first()
    return (Link(local(row), "partners", str(row.id)),) if row else ()


def _wrong(field: str, message: str) -> InvalidInput:
    return InvalidInput("partners.bad_partner", message, field=field)


PARTNER = changes.declare(
    Dated(
        kind="partners.partner",
        title=gettext_lazy("New partner"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(
            Field("name_zh", gettext_lazy("Name in Chinese")),
            Field("name_en", gettext_lazy("Name in English")),
            Field("scene", gettext_lazy("Scene")),
            Field("paradigm", gettext_lazy("Paradigm")),
            Field(
                "party_id",
                gettext_lazy("The enterprise as a customer"),
                lambda party_id: parties.party(UUID(party_id)).name if party_id else "",
            ),
        ),
        current=_current,
        write=_write,
        named=_named,
        check=_check,
        undated=True,
    )
)
STATUS = changes.declare(
    Dated(
        kind="partners.status",
        title=gettext_lazy("A partner goes live, is suspended or ended"),
        propose=PROPOSERS,
        decide=DECIDERS,
        fields=(Field("status", gettext_lazy("State")),),
        current=_status,
        write=_write_status,
        named=_named,
        check=_check_status,
        reach=_members,
        links=_link,
        undated=True,
    )
)
