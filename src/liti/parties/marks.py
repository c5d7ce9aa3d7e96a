"""Who somebody says to be, checked by itself, and marks by which he is known without it.

A mark is a keyed fingerprint of an ID number and a name. What others tell of a person can wait
under his mark until he himself is here to answer, and neither his data nor whether he is on
file is told meanwhile.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from liti.core.authority import open_to_all, own, query
from liti.core.clock import local_date
from liti.core.errors import InvalidInput
from liti.parties.identity import resolve
from liti.parties.models import Party
from liti.parties.rules import names, placeholders, standardise


@dataclass(frozen=True, slots=True)
class NewPerson:
    """What a person gives at sign-up; name, ID number and mobile are required."""

    name: str
    id_number: str
    mobile: str
    email: str = ""
    address: str = ""


def fitting(person: NewPerson) -> tuple[str, str, str, str]:
    """Name, ID number, mobile and e-mail in their standard form; nothing is looked up.

    Raises InvalidInput naming the field.
    """
    name = names.person_name(person.name)
    if placeholders.is_no_name(name):
        raise InvalidInput("parties.person.name", _("The name is missing."), field="name")
    number = _checked("id_number", person.id_number)
    mobile = _checked("mobile", person.mobile)
    return name, number, mobile, _checked("email", person.email) if person.email else ""


def _checked(field: str, text: str) -> str:
    try:
        if field == "id_number":
            return standardise.id_number(text, today=local_date())
        return standardise.mobile(text) if field == "mobile" else standardise.email(text)
    except standardise.Unfit as unfit:
        raise InvalidInput(
            f"parties.person.{field}",
            _("The %(field)s is not valid.") % {"field": field.replace("_", " ")},
            remedy=_("Compare it with the document and correct it."),
            field=field,
            problem=str(unfit),
        ) from unfit


@open_to_all("what somebody else says, read by itself; nothing is looked up")
def claimed(person: NewPerson) -> str:
    """The mark of what somebody else says about a person. Raises InvalidInput."""
    name, number, _mobile, _email = fitting(person)
    return _mark(number, names.pinyin(name))


@query(customer=own("party_id"), system=("partners",))
def marks_of(party_id: UUID) -> Collection[str]:
    """The marks under which something may wait for a customer; none without an ID number."""
    row = Party.objects.filter(id=resolve([party_id])[party_id]).first()
    if row is None or not row.id_number:
        return ()
    return {_mark(row.id_number, row.name_pinyin)}


def _mark(number: str, sound: str) -> str:
    key = settings.SECRET_KEY.encode()
    return hmac.new(key, f"{number}\0{sound}".encode(), hashlib.sha256).hexdigest()
