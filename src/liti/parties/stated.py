"""What a customer or the desk says of a value: proposed with its paper, checked by another."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from liti.core.approvals import Change, Line, Payload, approval_kind, propose
from liti.core.authority import command
from liti.core.clock import now
from liti.core.context import current_actor
from liti.core.entrance import clean_text
from liti.core.errors import Conflict, InvalidInput, NotFound
from liti.core.events import emit
from liti.core.ids import uuid7
from liti.core.roles import SERVICE, roles
from liti.parties import events, golden
from liti.parties.identity import hold, living
from liti.parties.models import Party, StatedValue
from liti.parties.rules import masking, names, placeholders, standardise
from liti.parties.rules.golden import STATED
from liti.parties.rules.standardise import Unfit

CORRECTION = "parties.correction"
PROPOSE = SERVICE | roles("data_steward")
DECIDE = SERVICE | roles("data_steward", "operation_head")
EVIDENCE_MAX = 200
TITLES: dict[str, Promise] = {
    "name": gettext_lazy("Name"),
    "mobile": gettext_lazy("Mobile"),
    "email": gettext_lazy("E-mail"),
    "address": gettext_lazy("Address"),
}
MASKS: dict[str, Callable[[str], str]] = {
    "name": masking.name,
    "mobile": masking.mobile,
    "email": masking.email,
    "address": masking.address,
    "id_number": masking.id_number,
}
_FORMS: dict[str, Callable[[str], str]] = {
    "name": names.tidy,
    "mobile": standardise.mobile,
    "email": standardise.email,
    "address": lambda text: standardise.address(text)[:300],
}


@command(staff=PROPOSE, system=("demo", "approvals"))
@transaction.atomic
def propose_correction(party_id: UUID, attribute: str, value: str, evidence: str) -> UUID:
    """Propose the value that a customer's record shall show; another person checks the paper.

    Returns the proposal's id. Raises InvalidInput for an attribute that is not stated by hand,
    a value that is none, no paper; Conflict where the record shows it already; NotFound.
    """
    party_id = hold(party_id)
    stated = state(party_id, attribute, value, evidence)
    payload = {"stated": str(stated), "party": str(party_id), "attribute": attribute}
    return propose(CORRECTION, payload, key=f"{party_id}:{attribute}")


def state(party_id: UUID, attribute: str, value: str, evidence: str) -> UUID:
    """Write down what is said; it counts once `accept` says so. In the caller's transaction,
    with the party held. Raises as `propose_correction`."""
    said = fitting(attribute, value)
    evidence = clean_text(evidence, field="evidence", most=EVIDENCE_MAX).strip()
    if not evidence:
        raise InvalidInput(
            "parties.correction.evidence",
            _("Say what shows it."),
            remedy=_("The document that was seen, with its number, or how it was confirmed."),
            field="evidence",
        )
    row = Party.objects.get(id=party_id)
    if getattr(row, attribute) == said and row.provenance.get(attribute, {}).get("verified"):
        raise Conflict("parties.correction.same", _("The record says so already."))
    made = StatedValue(
        id=uuid7(), party_id=party_id, attribute=attribute, value=said, evidence=evidence,
        said_by=current_actor().doer[:60], at=now(),
    )  # fmt: skip
    made.save(force_insert=True)
    return made.id


def fitting(attribute: str, value: str) -> str:
    """The value in standard form. Raises InvalidInput."""
    if attribute not in STATED:
        raise InvalidInput(
            "parties.correction.attribute",
            _("This is not corrected by hand."),
            remedy=_("Identity numbers are corrected where they were taken from."),
            field="attribute",
        )
    value = clean_text(value, field="value", most=300)
    try:
        said = _FORMS[attribute](value)
    except Unfit:
        said = ""
    nobodys = {
        "name": placeholders.is_no_name,
        "mobile": placeholders.is_no_mobile,
        "email": placeholders.is_no_email,
    }.get(attribute)
    if not said or placeholders.says_nothing(said) or (nobodys and nobodys(said)):
        raise InvalidInput(
            "parties.correction.value",
            _("This is no %(what)s.") % {"what": TITLES[attribute]},
            remedy=_("Compare it with the document and correct it."),
            field="value",
        )
    return said


def accept(stated_id: UUID) -> None:
    """Let a stated value count, in the golden record at once. In the caller's transaction."""
    row = StatedValue.objects.select_for_update().filter(id=stated_id).first()
    if row is None or row.accepted_at is not None:
        raise NotFound("parties.correction.unknown", _("There is no such correction."))
    party_id = hold(row.party_id)
    StatedValue.objects.filter(id=stated_id).update(accepted_at=now())
    golden.refresh([party_id])
    told = {"party_id": str(party_id), "attribute": row.attribute}
    emit(events.CORRECTED, str(party_id), told)


def _stated(payload: Payload) -> StatedValue:
    row = StatedValue.objects.filter(id=UUID(payload["stated"])).first()
    if row is None:
        raise NotFound("parties.correction.unknown", _("There is no such correction."))
    return row


def _shown(attribute: str, value: str | date | None) -> str:
    return MASKS[attribute](str(value)) if value else "—"


def _describe(payload: Payload) -> Change:
    row = _stated(payload)
    party = Party.objects.filter(id=living(row.party_id)).get()
    called = masking.name(party.name) if party.kind == "person" else party.name
    title = str(TITLES[row.attribute])
    before = _shown(row.attribute, getattr(party, row.attribute))
    return Change(
        summary=_("%(what)s of %(who)s is corrected") % {"what": title, "who": called},
        lines=(
            Line(title, before, _shown(row.attribute, row.value)),
            Line(_("Shown by"), "", row.evidence),
        ),
        reach=_("The record shows it everywhere at once; what departments deliver stays on file."),
    )


def _basis(payload: Payload) -> object:
    row = _stated(payload)
    return list(Party.objects.filter(id=living(row.party_id)).values_list(row.attribute, flat=True))


@approval_kind(
    CORRECTION,
    title=gettext_lazy("Correction of a customer's record"),
    propose=PROPOSE,
    decide=DECIDE,
    jobs=("parties", "demo"),
    describe=_describe,
    basis=_basis,
)
def _correct(payload: Payload) -> None:
    accept(UUID(payload["stated"]))
